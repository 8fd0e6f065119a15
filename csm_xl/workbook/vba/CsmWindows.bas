Attribute VB_Name = "CsmWindows"
Option Explicit
Option Private Module

' The few things that VBA itself cannot do: a message box in Unicode (MsgBox is ANSI, so Chinese
' would become question marks on most machines) and the environment of this process.

#If Mac Then
#Else
Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal hWnd As LongPtr, ByVal text As LongPtr, ByVal caption As LongPtr, ByVal style As Long) As Long
Private Declare PtrSafe Function SetEnvironmentVariableW Lib "kernel32" (ByVal variable As LongPtr, ByVal value As LongPtr) As Long
#End If

' Shows a message with an OK button, or with Yes and No; true when OK or Yes was chosen.
Public Function CsmShow(ByVal text As String, ByVal style As Long) As Boolean
    Dim caption As String
    Dim answer As Long
    caption = CsmText("title")
    #If Mac Then
        answer = MsgBox(text, style, caption)
    #Else
        answer = MessageBoxW(Application.Hwnd, StrPtr(text), StrPtr(caption), style)
    #End If
    CsmShow = (answer = vbOK Or answer = vbYes)
End Function

' Sets a variable that processes started from now on inherit; an empty value removes it.
Public Sub CsmSetEnvironment(ByVal variable As String, ByVal value As String)
    #If Mac Then
        Err.Raise 5, "csm-xl", "CsmSetEnvironment is for Windows only"
    #Else
        If Len(value) = 0 Then
            SetEnvironmentVariableW StrPtr(variable), 0
        Else
            SetEnvironmentVariableW StrPtr(variable), StrPtr(value)
        End If
    #End If
End Sub
