Attribute VB_Name = "CsmRibbon"
Option Explicit

' The callbacks that customUI14.xml names.

Private mRibbon As IRibbonUI

Public Sub CsmRibbonLoaded(ribbon As IRibbonUI)
    Set mRibbon = ribbon
End Sub

Public Sub CsmLabel(control As IRibbonControl, ByRef text As Variant)
    CsmOpened
    text = CsmText(control.Id & ".label")
End Sub

Public Sub CsmScreentip(control As IRibbonControl, ByRef text As Variant)
    text = CsmText(control.Id & ".screentip")
End Sub

Public Sub CsmSupertip(control As IRibbonControl, ByRef text As Variant)
    text = CsmText(control.Id & ".supertip")
End Sub

' Cancel can be clicked while a model trains. Without the ribbon's object it could not be redrawn, so
' it is then left clickable.
Public Sub CsmEnabled(control As IRibbonControl, ByRef enabled As Variant)
    enabled = mRibbon Is Nothing Or CsmIsTraining()
End Sub

Public Sub CsmRedraw()
    If Not mRibbon Is Nothing Then mRibbon.InvalidateControl "csmCancel"
End Sub

Public Sub CsmClick(control As IRibbonControl)
    Select Case control.Id
        Case "csmImportCustomers"
            CsmImport "customers"
        Case "csmImportOrders"
            CsmImport "orders"
        Case "csmImportFeedback"
            CsmImport "feedback"
        Case "csmImportContacts"
            CsmImport "contacts"
        Case "csmColumns"
            CsmRun "columns"
        Case "csmFeatures"
            CsmRun "build_features"
        Case "csmUndo"
            CsmUndo
        Case "csmRetrain"
            CsmTrain
        Case "csmCancel"
            CsmCancel
        Case "csmRefresh"
            CsmRun "refresh"
        Case "csmDashboard"
            CsmRun "dashboard"
        Case "csmExplain"
            CsmRun "explain"
        Case "csmActions"
            CsmRun "actions"
        Case "csmShare"
            CsmShare
        Case "csmWhy"
            CsmExplainError
        Case "csmCheck"
            CsmCheckSetup
        Case "csmRestart"
            CsmRestart
        Case "csmGuide"
            CsmGuide
    End Select
End Sub
