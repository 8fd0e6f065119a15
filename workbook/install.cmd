@echo off
rem Installs csm-xl for this user: double-click it. No administrator and no PATH are needed.
rem What it does is in install.ps1 beside it, which is short enough to read.
setlocal
set "HERE=%~dp0"
if not exist "%HERE%install.ps1" (
  echo install.ps1 is missing. Extract the whole zip file first, then run install.cmd again.
  pause
  exit /b 1
)
"%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -ExecutionPolicy Bypass -File "%HERE%install.ps1" %*
set "RESULT=%ERRORLEVEL%"
if not "%RESULT%"=="0" (
  echo.
  echo csm-xl was not installed. The message above says why.
)
if not defined CSM_XL_NO_PAUSE pause
exit /b %RESULT%
