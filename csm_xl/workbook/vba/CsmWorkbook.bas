Attribute VB_Name = "CsmWorkbook"
Option Explicit
Option Private Module

' What this workbook carries for its functions: settings under defined names that begin with csm_,
' and the records of the very hidden sheet _csm (record, id, part, parts, text).

' What a wrapper passes without the owner typing it: "language", "setting.<key>" or a record's name.
Public Function CsmHidden(ByVal key As String) As Variant
    If key = "language" Then
        CsmHidden = CsmLanguage()
    ElseIf Left$(key, 8) = "setting." Then
        CsmHidden = SettingValue("csm_" & Mid$(key, 9))
    Else
        CsmHidden = RecordId(key)
    End If
End Function

' The value of a defined name; Empty where the workbook has no such name or it points nowhere.
Private Function SettingValue(ByVal definedName As String) As Variant
    On Error GoTo NoSuchName
    SettingValue = ThisWorkbook.Names(definedName).RefersToRange.Value2
    If IsArray(SettingValue) Then SettingValue = Empty
    Exit Function
NoSuchName:
    SettingValue = Empty
End Function

' Whether a sheet holds settings that functions depend on without Excel knowing.
Public Function CsmIsSettings(ByVal sheet As Object) As Boolean
    On Error GoTo NoSuchName
    CsmIsSettings = (ThisWorkbook.Names("csm_risk_high").RefersToRange.Worksheet.Name = sheet.Name)
    Exit Function
NoSuchName:
    CsmIsSettings = False
End Function

Private Function RecordRows() As Variant
    On Error GoTo NoSuchSheet
    RecordRows = ThisWorkbook.Worksheets("_csm").UsedRange.Value2
    If Not IsArray(RecordRows) Then
        RecordRows = Empty
    ElseIf UBound(RecordRows, 2) < 5 Then
        RecordRows = Empty
    End If
    Exit Function
NoSuchSheet:
    RecordRows = Empty
End Function

Private Function RecordId(ByVal record As String) As Variant
    Dim rows As Variant
    Dim i As Long
    RecordId = Empty
    rows = RecordRows()
    If IsEmpty(rows) Then Exit Function
    For i = 1 To UBound(rows, 1)
        If rows(i, 1) = record Then
            RecordId = rows(i, 2)
            Exit Function
        End If
    Next i
End Function

' The whole text of a record, put together from its parts; "" where there is none.
Public Function CsmRecordText(ByVal record As String) As String
    Dim rows As Variant
    Dim pieces() As String
    Dim parts As Long
    Dim i As Long
    rows = RecordRows()
    If IsEmpty(rows) Then Exit Function
    For i = 1 To UBound(rows, 1)
        If rows(i, 1) = record Then
            If parts = 0 Then
                parts = rows(i, 4)
                ReDim pieces(1 To parts)
            End If
            pieces(rows(i, 3)) = rows(i, 5)
        End If
    Next i
    If parts > 0 Then CsmRecordText = Join(pieces, "")
End Function
