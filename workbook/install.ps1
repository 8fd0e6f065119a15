# Installs csm-xl for the user who runs it: a Python if there is none, csm-xl in an environment of
# its own, Excel's setting, a workbook in a trusted folder. Needs no administrator; running it again
# updates. Options, also as environment variables:
#   -Mirror URL       (PIP_INDEX_URL)      a package mirror instead of pypi.org
#   -PythonUrl URL    (CSM_XL_PYTHON_URL)  a mirror of the Python installer
#   -Lang en|zh       (CSM_XL_LANG)        language of the workbook; Windows' own when not given
#   -NoOpen                                do not open the workbook at the end
param(
    [string]$Mirror = $env:PIP_INDEX_URL,
    [string]$PythonUrl = $env:CSM_XL_PYTHON_URL,
    [string]$Lang = $env:CSM_XL_LANG,
    [switch]$NoOpen
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$PythonVersion = '3.12.10'
# Of the wheel that a release holds beside this file; `python -m csm_xl.release --installer` fills it in.
$WheelSha256 = ''
# Of requirements.txt, which names every package by version and SHA-256; pin_requirements.py fills it in.
$RequirementsSha256 = 'eaace32992dd7c92c6ea61f7b3a4dbd8711c98f0ea2c7562ce530708a80201e9'

if (-not $Lang) { $Lang = if ((Get-UICulture).Name -like 'zh*') { 'zh' } else { 'en' } }

# Chinese is written as \uXXXX, since this file is ASCII for every version of Windows. {0} stands
# for the value.
function Get-Words([string]$English, [string]$Chinese, [string]$Value) {
    $text = if ($Lang -eq 'zh') { [regex]::Unescape($Chinese) } else { $English }
    return $text.Replace('{0}', $Value)
}

function Write-Step([string]$English, [string]$Chinese, [string]$Value) {
    Write-Host (Get-Words $English $Chinese $Value) -ForegroundColor Cyan
}

function Invoke-Checked([string]$Program, [string[]]$Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program $($Arguments -join ' '): $LASTEXITCODE" }
}

# Whether nobody but this user and Windows' own accounts could have put a file or a folder there.
function Test-Trusted([string]$Path) {
    $user = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    # SYSTEM, Administrators and the installer of Windows itself.
    $trusted = @($user, 'S-1-5-18', 'S-1-5-32-544', 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464')
    $owner = (Get-Acl -LiteralPath $Path).GetOwner([Security.Principal.SecurityIdentifier]).Value
    return $trusted -contains $owner
}

# Excel can start a program only if its path fits into Windows' ANSI code page. A user name in
# another script would not, so the files then go into a folder that only this user can open.
function Get-Root {
    $local = Join-Path $env:LOCALAPPDATA 'csm-xl'
    $page = (Get-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Control\Nls\CodePage').ACP
    $ansi = [Text.Encoding]::GetEncoding([int]$page)
    if ($ansi.GetString($ansi.GetBytes($local)) -eq $local) { return $local }
    $user = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    $shared = Join-Path $env:ProgramData ('csm-xl-' + $user.Split('-')[-1])
    # Every user may make folders there: one that somebody else has made could hold anything.
    if ((Test-Path -LiteralPath $shared) -and -not (Test-Trusted $shared)) {
        throw (Get-Words 'The folder {0} belongs to another user. Ask an administrator to remove it, then run install.cmd again.' '\u6587\u4ef6\u5939 {0} \u5c5e\u4e8e\u5176\u4ed6\u7528\u6237\u3002\u8bf7\u8ba9\u7ba1\u7406\u5458\u5220\u9664\u5b83\uff0c\u7136\u540e\u518d\u6b21\u8fd0\u884c install.cmd\u3002' $shared)
    }
    New-Item -ItemType Directory -Force $shared | Out-Null
    Invoke-Checked 'icacls.exe' @($shared, '/inheritance:r', '/grant:r', "*${user}:(OI)(CI)F", '/q') | Out-Null
    return $shared
}

# A 64-bit Python for Intel and AMD processors, which Windows on Arm runs too. Not every package
# that csm-xl needs exists for 32 bits or for Arm.
function Test-Python([string]$Program) {
    if (-not (Test-Path -LiteralPath $Program)) { return $false }
    if (-not (Test-Trusted $Program) -or -not (Test-Trusted (Split-Path -Parent $Program))) { return $false }
    # Windows PowerShell drops double quotes inside an argument.
    $question = "import sys, sysconfig; print(sysconfig.get_platform() == 'win-amd64' and (3, 11) <= sys.version_info < (3, 14))"
    try { return ((& $Program -I -c $question 2>$null) -eq 'True') } catch { return $false }
}

function Test-Sha256([string]$Path, [string]$Sha256) {
    return $Sha256 -and (Test-Path -LiteralPath $Path) -and (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash -eq $Sha256
}

function Find-Python([string]$Root) {
    $places = @(
        (Join-Path $Root 'python\python.exe'),
        (Join-Path $env:LOCALAPPDATA 'Programs\Python\Python31[1-3]\python.exe'),
        (Join-Path $env:ProgramFiles 'Python31[1-3]\python.exe')
    )
    $found = @(Get-Item -Path $places -ErrorAction SilentlyContinue | ForEach-Object { $_.FullName })
    # The python.exe in WindowsApps only opens the Store.
    $found += @(Get-Command python.exe -All -CommandType Application -ErrorAction SilentlyContinue |
        ForEach-Object { $_.Source } | Where-Object { $_ -notlike '*\WindowsApps\*' })
    foreach ($program in $found) {
        if (Test-Python $program) { return $program }
    }
    return $null
}

function Install-Python([string]$Root) {
    $name = "python-$PythonVersion-amd64.exe"
    $address = if ($PythonUrl) { $PythonUrl } else { "https://www.python.org/ftp/python/$PythonVersion/$name" }
    Write-Step 'Downloading {0}' '\u6b63\u5728\u4e0b\u8f7d {0}' $address
    $file = Join-Path $Root $name
    [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
    Invoke-WebRequest -Uri $address -OutFile $file -UseBasicParsing
    # A mirror could hand out anything: only what Python's makers have signed is run.
    $signature = Get-AuthenticodeSignature -LiteralPath $file
    if ($signature.Status -ne 'Valid' -or $signature.SignerCertificate.Subject -notlike '*Python Software Foundation*') {
        Remove-Item -LiteralPath $file
        throw (Get-Words '{0} is not signed by the Python Software Foundation.' '{0} \u6ca1\u6709 Python Software Foundation \u7684\u7b7e\u540d\u3002' $address)
    }
    $target = Join-Path $Root 'python'
    $process = Start-Process -FilePath $file -Wait -PassThru -ArgumentList @(
        '/quiet', 'InstallAllUsers=0', 'PrependPath=0', 'Include_launcher=0', 'Include_test=0',
        'Include_doc=0', 'Shortcuts=0', "TargetDir=`"$target`"")
    Remove-Item -LiteralPath $file
    $program = Join-Path $target 'python.exe'
    if ($process.ExitCode -ne 0 -or -not (Test-Python $program)) {
        throw (Get-Words 'Python could not be installed (code {0}). Install a 64-bit Python 3.12 from python.org, then run install.cmd again.' 'Python \u5b89\u88c5\u5931\u8d25\uff08\u4ee3\u7801 {0}\uff09\u3002\u8bf7\u4ece python.org \u5b89\u88c5 64 \u4f4d Python 3.12\uff0c\u7136\u540e\u518d\u6b21\u8fd0\u884c install.cmd\u3002' $process.ExitCode)
    }
    return $program
}

function Install-Package([string]$Python, [string]$Environment) {
    $own = Join-Path $Environment 'Scripts\python.exe'
    $running = @(Get-Process | Where-Object { $_.Path -like "$Environment\*" })
    if ($running.Count -gt 0) {
        throw (Get-Words 'Excel is using csm-xl. Close Excel, then run install.cmd again.' 'Excel \u6b63\u5728\u4f7f\u7528 csm-xl\u3002\u8bf7\u5173\u95ed Excel\uff0c\u7136\u540e\u518d\u6b21\u8fd0\u884c install.cmd\u3002')
    }
    # -I: no module that happens to lie in the current folder, such as Downloads, is imported.
    if (-not (Test-Python $own)) { Invoke-Checked $Python @('-I', '-m', 'venv', '--clear', $Environment) }
    # What lies beside this file, such as in Downloads, may have come from anywhere: only the files
    # that the release names are used.
    $requirements = Join-Path $PSScriptRoot 'requirements.txt'
    if (-not (Test-Sha256 $requirements $RequirementsSha256)) {
        throw (Get-Words '{0} is missing or is not the file of this release. Extract the whole zip file again, then run install.cmd.' '{0} \u4e0d\u5b58\u5728\uff0c\u6216\u4e0d\u662f\u672c\u6b21\u53d1\u5e03\u7684\u6587\u4ef6\u3002\u8bf7\u91cd\u65b0\u89e3\u538b\u6574\u4e2a zip \u6587\u4ef6\uff0c\u518d\u8fd0\u884c install.cmd\u3002' $requirements)
    }
    $package = 'csm-xl'
    foreach ($wheel in @(Get-ChildItem -LiteralPath $PSScriptRoot -Filter 'csm_xl-*.whl')) {
        if (Test-Sha256 $wheel.FullName $WheelSha256) {
            $package = $wheel.FullName
        } else {
            Write-Step '{0} is not the file of this release and is left aside.' '{0} \u4e0d\u662f\u672c\u6b21\u53d1\u5e03\u7684\u6587\u4ef6\uff0c\u4e0d\u4f1a\u4f7f\u7528\u3002' $wheel.Name
        }
    }
    $pip = @('-I', '-m', 'pip', 'install', '--upgrade', '--disable-pip-version-check', '--quiet')
    if ($Mirror) { $pip += @('--index-url', $Mirror) }
    Write-Step 'Installing {0} (this takes a few minutes)' '\u6b63\u5728\u5b89\u88c5 {0}\uff08\u9700\u8981\u51e0\u5206\u949f\uff09' $package
    # A mirror could hand out anything: pip compares each package with its SHA-256.
    Invoke-Checked $own ($pip + @('--require-hashes', '--only-binary', ':all:', '-r', $requirements))
    Invoke-Checked $own ($pip + @('--no-deps', $package))
    Invoke-Checked $own @('-I', '-m', 'pip', 'check', '--quiet')
}

function Install-CsmXl {
    $root = Get-Root
    New-Item -ItemType Directory -Force $root | Out-Null
    $python = Find-Python $root
    if (-not $python) { $python = Install-Python $root }
    Write-Step 'Python: {0}' 'Python\uff1a{0}' $python
    $environment = Join-Path $root 'env'
    Install-Package $python $environment

    $env:PYTHONUTF8 = '1'
    [Console]::OutputEncoding = [Text.Encoding]::UTF8
    $csm = Join-Path $environment 'Scripts\csm-xl.exe'
    Write-Step 'Setting up Excel' '\u6b63\u5728\u8bbe\u7f6e Excel'
    Invoke-Checked $csm @('--lang', $Lang, 'setup')
    $folder = Join-Path $HOME 'csm-xl'
    $book = Join-Path $folder (Get-Words 'Customer Success.xlsm' '\u5ba2\u6237\u6210\u529f.xlsm')
    if (-not (Test-Path -LiteralPath $book)) { Invoke-Checked $csm @('--lang', $Lang, 'new', $book, '--lang', $Lang) }
    Write-Step 'Checking' '\u6b63\u5728\u68c0\u67e5'
    & $csm --lang $Lang doctor $book
    Write-Step 'Done. Your workbook: {0}' '\u5b8c\u6210\u3002\u60a8\u7684\u5de5\u4f5c\u7c3f\uff1a{0}' $book
    if (-not $NoOpen) { Start-Process -FilePath $book }
}

try {
    Install-CsmXl
    exit 0
}
catch {
    Write-Host $_.Exception.Message -ForegroundColor Red
    exit 1
}
