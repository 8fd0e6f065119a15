Attribute VB_Name = "CsmCall"
Option Explicit
Option Private Module

' The way from a cell or a button to Python and back. One connection is held: finding Python again
' reads more than a dozen settings.

' What Python sends instead of an error value: Chr(31) csm Chr(31) number Chr(31) message.
Private Const SEND As String = "send"
Private Const MOST_MESSAGES As Long = 2000
Private Const NO_PYTHON As Long = vbObjectError + 513

Private mPython As Object
' Why Python cannot be used; "" while nothing is known to be wrong. Tried again on a button only,
' since a thousand cells that each wait for a missing Python would freeze Excel.
Private mProblem As String
Private mTold As Boolean
' Cell -> formula and message, for Why?
Private mMessages As Object

' --- from a cell ---------------------------------------------------------------------------------

' One call of a worksheet function. `hidden` names the arguments that nobody types, apart by |.
Public Function CsmCall(ByVal functionName As String, ByVal arguments As Variant, Optional ByVal hidden As String = "") As Variant
    Dim values As Variant
    Dim problem As String
    #If Mac Then
        CsmCall = NotAvailable(CsmText("mac"))
    #Else
        On Error GoTo Failed
        problem = SeveralAreas(arguments)
        If problem <> "" Then
            CsmCall = Failure(xlErrValue, problem, 0, 0)
            Exit Function
        End If
        values = ValuesOf(arguments)
        CsmCall = Shown(AskFunction(functionName, values, hidden, TopsOf(arguments)))
        Exit Function
Failed:
        problem = Err.Description
        If Err.Number = NO_PYTHON Then
            CsmCall = NotAvailable(problem)
        Else
            CsmCall = Failure(xlErrValue, CsmText("failed", functionName & ": " & problem), 0, 0)
        End If
    #End If
End Function

Private Function AskFunction(ByVal functionName As String, ByVal values As Variant, ByVal hidden As String, ByVal tops As String) As Variant
    Dim all As Variant
    Dim keys As Variant
    Dim i As Long
    Dim n As Long
    all = values
    If hidden <> "" Then
        keys = Split(hidden, "|")
        n = UBound(all) + 1
        ReDim Preserve all(0 To n + UBound(keys))
        For i = 0 To UBound(keys)
            If keys(i) = "tops" Then all(n + i) = tops Else all(n + i) = CsmHidden(keys(i))
        Next i
    End If
    AskFunction = Reach("function", functionName, all)
    If Tag(AskFunction) <> SEND Then Exit Function
    ' Python does not know this model yet: once more, with its whole text in place of its id.
    For i = 0 To UBound(keys)
        If keys(i) <> "language" And keys(i) <> "tops" And Left$(keys(i), 8) <> "setting." Then
            all(n + i) = CsmRecordText(keys(i))
        End If
    Next i
    AskFunction = Reach("function", functionName, all)
End Function

' Where each argument stands, a letter each: t for cells that begin at the top of their block, where a
' title may be, b for cells below others, c for what is no range.
Private Function TopsOf(ByVal arguments As Variant) As String
    Dim i As Long
    For i = 0 To UBound(arguments)
        If Not IsObject(arguments(i)) Then
            TopsOf = TopsOf & "c"
        ElseIf BeginsBlock(arguments(i)) Then
            TopsOf = TopsOf & "t"
        Else
            TopsOf = TopsOf & "b"
        End If
    Next i
End Function

' Whether a range begins in a table's header row, in the sheet's first row, or below blank cells.
Private Function BeginsBlock(ByVal area As Object) As Boolean
    Dim table As Object
    Dim above As Object
    If area.Row = 1 Then
        BeginsBlock = True
        Exit Function
    End If
    Set table = area.Cells(1, 1).ListObject
    If table Is Nothing Then
        Set above = area.Rows(1).Offset(-1, 0)
        BeginsBlock = (Application.WorksheetFunction.CountBlank(above) = above.Cells.Count)
    ElseIf table.ShowHeaders Then
        BeginsBlock = (area.Row = table.Range.Row)
    End If
End Function

Private Function SeveralAreas(ByVal arguments As Variant) As String
    Dim i As Long
    For i = 0 To UBound(arguments)
        If IsObject(arguments(i)) Then
            If arguments(i).Areas.Count > 1 Then
                SeveralAreas = CsmText("areas", arguments(i).Address)
                Exit Function
            End If
        End If
    Next i
End Function

' Plain values in place of ranges, one reading for each. Columns that reach down to the end of the
' sheet end at the last used row of any of them, so that they keep one common length.
Private Function ValuesOf(ByVal arguments As Variant) As Variant
    Dim values() As Variant
    Dim bottom As Long
    Dim edge As Long
    Dim i As Long
    For i = 0 To UBound(arguments)
        If IsObject(arguments(i)) Then
            With arguments(i).Worksheet
                If arguments(i).Row + arguments(i).Rows.Count - 1 = .Rows.Count Then
                    bottom = Larger(bottom, .UsedRange.Row + .UsedRange.Rows.Count - 1)
                End If
                If arguments(i).Column + arguments(i).Columns.Count - 1 = .Columns.Count Then
                    edge = Larger(edge, .UsedRange.Column + .UsedRange.Columns.Count - 1)
                End If
            End With
        End If
    Next i
    ReDim values(0 To UBound(arguments))
    For i = 0 To UBound(arguments)
        If IsObject(arguments(i)) Then
            values(i) = CellsOf(arguments(i), bottom, edge)
        Else
            values(i) = arguments(i)
        End If
    Next i
    ValuesOf = values
End Function

Private Function CellsOf(ByVal area As Object, ByVal bottom As Long, ByVal edge As Long) As Variant
    Dim height As Long
    Dim width As Long
    height = area.Rows.Count
    width = area.Columns.Count
    If area.Row + height - 1 = area.Worksheet.Rows.Count Then height = Larger(1, bottom - area.Row + 1)
    If area.Column + width - 1 = area.Worksheet.Columns.Count Then width = Larger(1, edge - area.Column + 1)
    CellsOf = area.Resize(height, width).Value2
End Function

Private Function Larger(ByVal one As Long, ByVal other As Long) As Long
    Larger = one
    If other > one Then Larger = other
End Function

' --- results -------------------------------------------------------------------------------------

' The result as a cell shows it: texts that carry an error become that error, in arrays too.
Private Function Shown(ByVal answer As Variant) As Variant
    Dim i As Long
    Dim j As Long
    Dim top As Long
    Dim first As Long
    If Not IsArray(answer) Then
        Shown = Cell(answer, 0, 0)
        Exit Function
    End If
    top = LBound(answer, 1)
    If Dimensions(answer) = 1 Then
        For i = top To UBound(answer, 1)
            If VarType(answer(i)) = vbString Then answer(i) = Cell(answer(i), 0, i - top)
        Next i
    Else
        first = LBound(answer, 2)
        For i = top To UBound(answer, 1)
            For j = first To UBound(answer, 2)
                If VarType(answer(i, j)) = vbString Then answer(i, j) = Cell(answer(i, j), i - top, j - first)
            Next j
        Next i
    End If
    Shown = answer
End Function

Private Function Dimensions(ByVal answer As Variant) As Long
    Dim edge As Long
    On Error GoTo OnlyOne
    Dimensions = 1
    edge = UBound(answer, 2)
    Dimensions = 2
OnlyOne:
End Function

Private Function Cell(ByVal value As Variant, ByVal down As Long, ByVal across As Long) As Variant
    Dim number As String
    number = Tag(value)
    If number = "" Then
        Cell = value
    Else
        Cell = Failure(CLng(number), Split(value, Chr$(31), 4)(3), down, across)
    End If
End Function

' The field after the mark, or "" for any other value.
Private Function Tag(ByVal value As Variant) As String
    If VarType(value) <> vbString Then Exit Function
    If Left$(value, 5) <> Chr$(31) & "csm" & Chr$(31) Then Exit Function
    Tag = Split(value, Chr$(31), 4)(2)
End Function

Private Function NotAvailable(ByVal reason As String) As Variant
    If Not mTold Then
        mTold = True
        Application.StatusBar = reason
    End If
    NotAvailable = Failure(xlErrNA, reason, 0, 0)
End Function

Private Function Failure(ByVal number As Long, ByVal reason As String, ByVal down As Long, ByVal across As Long) As Variant
    Remember reason, down, across
    Failure = CVErr(number)
End Function

' --- Why? ----------------------------------------------------------------------------------------

Private Sub Remember(ByVal reason As String, ByVal down As Long, ByVal across As Long)
    If TypeName(Application.Caller) <> "Range" Then Exit Sub
    If mMessages Is Nothing Then
        #If Mac Then
            Set mMessages = New Dictionary
        #Else
            Set mMessages = CreateObject("Scripting.Dictionary")
        #End If
    End If
    If mMessages.Count >= MOST_MESSAGES Then mMessages.RemoveAll
    ' The formula tells whether the message is still about what the cell holds. The caller's value
    ' must not be read: that would be a circular reference.
    mMessages.Item(Place(Application.Caller, down, across)) = Application.Caller.Cells(1, 1).Formula & Chr$(31) & reason
End Sub

Private Function Place(ByVal area As Object, ByVal down As Long, ByVal across As Long) As String
    Place = area.Worksheet.Parent.Name & Chr$(31) & area.Worksheet.Name & Chr$(31) & (area.Row + down) & Chr$(31) & (area.Column + across)
End Function

' The message behind the error in a cell, or behind the error that it takes over from another cell
' of its sheet; "" when none is known.
Public Function CsmWhy(ByVal area As Object) As String
    Dim other As Object
    If mMessages Is Nothing Then Exit Function
    CsmWhy = MessageOf(area)
    If CsmWhy <> "" Then Exit Function
    For Each other In Sources(area)
        If MessageOf(other) <> "" Then
            CsmWhy = other.Address(False, False) & ": " & MessageOf(other)
            Exit Function
        End If
    Next other
End Function

Private Function MessageOf(ByVal area As Object) As String
    Dim known As Variant
    If Not IsError(area.Value2) Then Exit Function
    If Not mMessages.Exists(Place(area, 0, 0)) Then Exit Function
    known = Split(mMessages.Item(Place(area, 0, 0)), Chr$(31), 2)
    If known(0) = area.Formula Then MessageOf = known(1)
End Function

' The cells that a cell's formula depends on, the nearest first; at most 500 of them.
Private Function Sources(ByVal area As Object) As Collection
    Dim other As Object
    Set Sources = New Collection
    ' Excel raises an error, and gives no empty range, where a cell depends on nothing.
    On Error GoTo Alone
    For Each other In area.Precedents.Cells
        Sources.Add other
        If Sources.Count = 500 Then Exit Function
    Next other
Alone:
End Function

' --- Python --------------------------------------------------------------------------------------

' Asks csm_xl.addin to do a task; the answer is a word, Chr(31) and a message.
Public Function CsmAsk(ByVal task As String, ByVal arguments As Variant) As String
    CsmAsk = Reach("task", task, arguments)
End Function

' Calls Python; when the server has gone, connects again and calls once more.
Private Function Reach(ByVal what As String, ByVal task As String, ByVal arguments As Variant) As Variant
    Dim number As Long
    Dim reason As String
    On Error GoTo Lost
    Reach = CallPython(what, task, arguments)
    Exit Function
Lost:
    ' Calling a procedure clears Err.
    number = Err.Number
    reason = Err.Description
    If IsGone(number, what) Then Resume ConnectAgain
    Err.Raise number, "csm-xl", reason
ConnectAgain:
    On Error GoTo 0
    Set mPython = Nothing
    Reach = CallPython(what, task, arguments)
End Function

Private Function CallPython(ByVal what As String, ByVal task As String, ByVal arguments As Variant) As Variant
    If mPython Is Nothing Then Connect
    If what = "function" Then
        CallPython = mPython.CallUDF("csm_xl.functions", task, arguments)
    Else
        CallPython = mPython.Str(mPython.Call(mPython.Module("csm_xl.addin"), task, mPython.TupleFromArray(arguments)))
    End If
End Function

' Whether the connection to the server is lost. A task that broke off midway is not begun again.
Private Function IsGone(ByVal number As Long, ByVal what As String) As Boolean
    Select Case number
        Case 462, -2147023174, -2147417848
            IsGone = True
        Case -2147023170
            IsGone = (what = "function")
    End Select
End Function

Private Sub Connect()
    Dim reply As String
    Dim before As String
    Dim reason As String
    If mProblem <> "" Then Err.Raise NO_PYTHON, "csm-xl", mProblem
    mProblem = Refusal()
    If mProblem <> "" Then Err.Raise NO_PYTHON, "csm-xl", mProblem
    On Error GoTo Failed
    ' Python is started with -c, which would let it import whatever lies in the current folder. Only
    ' the server needs this; a script that another macro starts must find the modules beside it.
    before = Environ$("PYTHONSAFEPATH")
    CsmSetEnvironment "PYTHONSAFEPATH", "1"
    Set mPython = xlwings.XLPy()
    CsmSetEnvironment "PYTHONSAFEPATH", before
    reply = CallPython("task", "hello", Array(CsmLanguage(), CsmVersion()))
    If Left$(reply, 3) <> "ok" & Chr$(31) Then Application.StatusBar = Mid$(reply, InStr(reply, Chr$(31)) + 1)
    Exit Sub
Failed:
    reason = Err.Description
    mProblem = CsmText("no_python", reason)
    CsmSetEnvironment "PYTHONSAFEPATH", before
    Set mPython = Nothing
    Err.Raise NO_PYTHON, "csm-xl", mProblem
End Sub

' Settings that would let a file beside the workbook choose the program or the code that runs.
Private Function Refusal() As String
    If xlwings.GetFullName(ThisWorkbook) <> "" Then
        If xlwings.FileExists(xlwings.GetDirectoryConfigFilePath()) Then
            Refusal = CsmText("conf_beside", xlwings.GetDirectoryConfigFilePath())
            Exit Function
        End If
    End If
    If LCase$(xlwings.GetConfig("ADD_WORKBOOK_TO_PYTHONPATH", "true")) <> "false" Then Refusal = CsmText("conf_sheet")
End Function

' Connects if that is possible; otherwise the status bar says why not.
Public Function CsmConnect() As Boolean
    Dim nothingFound As Variant
    On Error GoTo Failed
    If mPython Is Nothing Then Connect
    CsmConnect = True
    Exit Function
Failed:
    nothingFound = NotAvailable(Err.Description)
End Function

Public Function CsmIsConnected() As Boolean
    CsmIsConnected = Not mPython Is Nothing
End Function

' Why Python cannot be used, or "".
Public Function CsmProblem() As String
    CsmProblem = mProblem
End Function

' Lets the next call look for Python again.
Public Sub CsmTryAgain()
    mProblem = ""
    mTold = False
End Sub

' Ends the Python of this workbook; the next call starts it again.
Public Sub CsmDisconnect()
    If mPython Is Nothing Then Exit Sub
    Set mPython = Nothing
    xlwings.KillPy
End Sub
