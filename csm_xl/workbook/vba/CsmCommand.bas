Attribute VB_Name = "CsmCommand"
Option Explicit

' What the buttons start. Python does the work; a reply is a word, Chr(31) and a message.

Private mStartAt As Date
Private mPollAt As Date
Private mTraining As Boolean
Private mOpened As Boolean
Private mEvents As CsmEvents

' --- opening and closing -------------------------------------------------------------------------

' Opening only plans the start of Python, so that the workbook is usable at once. The workbook's own
' event calls this, and so does the ribbon, for a workbook whose ThisWorkbook module is its owner's.
Public Sub CsmOpened()
    Dim wasSaved As Boolean
    If mOpened Then Exit Sub
    mOpened = True
    If CsmWatches() Then
        Set mEvents = New CsmEvents
        mEvents.Watch ThisWorkbook
    End If
    wasSaved = ThisWorkbook.Saved
    mStartAt = Now + TimeSerial(0, 0, 1)
    Application.OnTime mStartAt, Own("CsmStart")
    ThisWorkbook.Saved = wasSaved
End Sub

Public Sub CsmStart()
    Dim wasSaved As Boolean
    mStartAt = 0
    wasSaved = ThisWorkbook.Saved
    TellFunctionWizard
    ' Registering help texts changes nothing that the owner would want to be asked about.
    ThisWorkbook.Saved = wasSaved
    #If Mac Then
    #Else
        CsmConnect
    #End If
End Sub

' Excel refuses help texts in some windows; the functions work without them.
Private Sub TellFunctionWizard()
    On Error GoTo WithoutHelp
    CsmRegisterFunctions
WithoutHelp:
End Sub

' A planned call would open the workbook again, so all of them are taken back.
Public Sub CsmClosing()
    If mStartAt <> 0 Then Application.OnTime mStartAt, Own("CsmStart"), , False
    mStartAt = 0
    If mPollAt <> 0 Then Application.OnTime mPollAt, Own("CsmPoll"), , False
    mPollAt = 0
    ' A Python that cannot be reached any more has ended the training with itself.
    On Error GoTo PythonIsGone
    If mTraining Then
        mTraining = False
        CsmAsk "cancel_training", Array(CsmLanguage())
    End If
    CsmDisconnect
PythonIsGone:
    Application.StatusBar = False
End Sub

' Settings are no precedents of the cells that use them. Without Python the cells keep the values
' that they have.
Public Sub CsmChanged(ByVal sheet As Object)
    If Application.Calculation <> xlCalculationAutomatic Or Not CsmIsConnected() Then Exit Sub
    If CsmIsSettings(sheet) Then Application.CalculateFull
End Sub

Private Function Own(ByVal procedure As String) As String
    Own = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & procedure
End Function

' --- commands ------------------------------------------------------------------------------------

Public Sub CsmRun(ByVal task As String, Optional ByVal detail As String = "")
    Dim reply As String
    #If Mac Then
        RunOnMac task
    #Else
        On Error GoTo Failed
        CsmTryAgain
        Application.StatusBar = CsmText("working")
        reply = CsmAsk("command", Array(task, ThisWorkbook, CsmLanguage(), detail))
        Application.StatusBar = False
        Finish reply
        Exit Sub
Failed:
        Application.StatusBar = False
        CsmShow Err.Description, vbExclamation
    #End If
End Sub

Private Sub RunOnMac(ByVal task As String)
    ' A task is a word of the ribbon's own list, never a text from a cell.
    xlwings.RunPython "from csm_xl import addin; addin.run_on_mac('" & task & "')"
End Sub

' AppleScript cannot save a copy under another name, so Python asks for it here.
Public Sub CsmSaveCopy(ByVal file As String)
    ThisWorkbook.SaveCopyAs file
End Sub

Private Sub Finish(ByVal reply As String)
    Dim word As String
    word = Split(reply, Chr$(31), 2)(0)
    If word = "closing" Then
        ' What is there now was kept; a process of Python's opens the workbook again.
        ThisWorkbook.Close False
        Exit Sub
    End If
    If word = "changed" Then Application.CalculateFull
    CsmShow Split(reply, Chr$(31), 2)(1), IIf(word = "error", vbExclamation, vbInformation)
End Sub

Public Sub CsmUndo()
    #If Mac Then
        CsmShow CsmText("undo_on_mac"), vbInformation
    #Else
        CsmRun "undo_last"
    #End If
End Sub

Public Sub CsmImport(ByVal table As String)
    Dim chosen As Variant
    #If Mac Then
        CsmShow CsmText("import_on_mac"), vbInformation
    #Else
        chosen = Application.GetOpenFilename(CsmText("import_filter"), 1, CsmText("import_title"))
        If VarType(chosen) = vbString Then CsmRun "import_data", table & Chr$(31) & chosen
    #End If
End Sub

Public Sub CsmShare()
    Dim chosen As Variant
    #If Mac Then
        RunOnMac "share"
    #Else
        chosen = Application.GetSaveAsFilename(CsmText("share_name"), CsmText("share_filter"), 1, CsmText("share_title"))
        If VarType(chosen) = vbString Then CsmRun "share", chosen
    #End If
End Sub

Public Sub CsmExplainError()
    Dim reason As String
    On Error GoTo Failed
    If Not ActiveCell Is Nothing Then
        reason = CsmWhy(ActiveCell)
        If reason = "" And IsError(ActiveCell.Value2) Then
            ' The error was saved with the workbook: calculating it again tells why.
            If CsmConnect() Then Application.CalculateFull
            reason = CsmWhy(ActiveCell)
        End If
    End If
    If reason <> "" Then
        CsmShow reason, vbInformation
    ElseIf CsmProblem() <> "" Then
        CsmShow CsmProblem(), vbExclamation
    Else
        CsmRun "why"
    End If
    Exit Sub
Failed:
    CsmShow Err.Description, vbExclamation
End Sub

Public Sub CsmCheckSetup()
    #If Mac Then
        RunOnMac "check_setup"
    #Else
        CsmTryAgain
        If CsmConnect() Then
            CsmRun "check_setup"
        Else
            CsmShow CsmProblem() & vbLf & vbLf & CsmText("setup_facts", "Excel " & Application.Version & ", " & Application.OperatingSystem & ", INTERPRETER_WIN = " & xlwings.GetConfig("INTERPRETER_WIN", "-")), vbExclamation
        End If
    #End If
End Sub

Public Sub CsmRestart()
    #If Mac Then
        CsmShow CsmText("mac_restart"), vbInformation
    #Else
        On Error GoTo Failed
        If mTraining Then EndTraining
        CsmDisconnect
        CsmTryAgain
        If CsmConnect() Then
            Application.StatusBar = False
            Application.CalculateFull
            CsmShow CsmText("restarted"), vbInformation
        Else
            CsmShow CsmProblem(), vbExclamation
        End If
        Exit Sub
Failed:
        CsmShow Err.Description, vbExclamation
    #End If
End Sub

Public Sub CsmGuide()
    Dim sheet As Object
    For Each sheet In ThisWorkbook.Worksheets
        If sheet.Name = CsmText("start_sheet") Then
            sheet.Activate
            Exit Sub
        End If
    Next sheet
    CsmShow CsmText("guide"), vbInformation
End Sub

' --- training, while Excel stays usable ----------------------------------------------------------

Public Function CsmIsTraining() As Boolean
    CsmIsTraining = mTraining
End Function

Public Sub CsmTrain()
    Dim reply As String
    #If Mac Then
        RunOnMac "retrain"
    #Else
        On Error GoTo Failed
        If mTraining Then
            CsmShow CsmText("already_training"), vbInformation
            Exit Sub
        End If
        CsmTryAgain
        reply = CsmAsk("start_training", Array(ThisWorkbook, CsmLanguage()))
        If Left$(reply, 8) <> "started" & Chr$(31) Then
            Finish reply
            Exit Sub
        End If
        mTraining = True
        CsmRedraw
        Application.StatusBar = Mid$(reply, 9)
        PlanPoll
        Exit Sub
Failed:
        CsmShow Err.Description, vbExclamation
    #End If
End Sub

Private Sub PlanPoll()
    mPollAt = Now + TimeSerial(0, 0, 1)
    Application.OnTime mPollAt, Own("CsmPoll")
End Sub

Public Sub CsmPoll()
    Dim reply As String
    Dim reason As String
    mPollAt = 0
    If Not mTraining Then Exit Sub
    On Error GoTo Failed
    reply = CsmAsk("poll_training", Array(CsmLanguage()))
    If Left$(reply, 8) = "running" & Chr$(31) Then
        Application.StatusBar = Mid$(reply, 9)
        PlanPoll
        Exit Sub
    End If
    EndTraining
    If Left$(reply, 8) = "trained" & Chr$(31) Then
        Application.StatusBar = CsmText("working")
        reply = CsmAsk("finish_training", Array(ThisWorkbook, CsmLanguage()))
        Application.StatusBar = False
    End If
    Finish reply
    Exit Sub
Failed:
    reason = Err.Description
    EndTraining
    CsmShow reason, vbExclamation
End Sub

Public Sub CsmCancel()
    Dim reply As String
    If Not mTraining Then
        CsmShow CsmText("nothing_to_cancel"), vbInformation
        Exit Sub
    End If
    EndTraining
    On Error GoTo Failed
    reply = CsmAsk("cancel_training", Array(CsmLanguage()))
    Finish reply
    Exit Sub
Failed:
    CsmShow Err.Description, vbExclamation
End Sub

Private Sub EndTraining()
    mTraining = False
    If mPollAt <> 0 Then Application.OnTime mPollAt, Own("CsmPoll"), , False
    mPollAt = 0
    Application.StatusBar = False
    CsmRedraw
End Sub
