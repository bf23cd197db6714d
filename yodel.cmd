@echo off
rem Runs the command line of Yodel; builds it first when the jar is missing or older than the sources.
setlocal
set "ROOT=%~dp0"
set "JAR=%ROOT%examples\target\yodel.jar"
set "JAVA=java"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "JAVA=%JAVA_HOME%\bin\java.exe"

if not defined JAVA_HOME (
    where java >nul 2>&1
    if errorlevel 1 (
        echo yodel: no java found; install a JDK 17 or newer, or set JAVA_HOME 1>&2
        exit /b 1
    )
)

if not exist "%JAR%" goto build
rem Stale if a pom.xml or a source is newer than the jar. Without PowerShell it is built every time.
powershell -NoProfile -Command "$root = '%ROOT%'; $jar = (Get-Item -LiteralPath '%JAR%').LastWriteTime; $modules = @(Get-ChildItem -LiteralPath $root -Directory | ForEach-Object { $_.FullName }); $roots = @(Join-Path $root 'pom.xml') + @($modules | ForEach-Object { Join-Path $_ 'pom.xml'; Join-Path $_ 'src\main' }); $new = $roots | Where-Object { Test-Path -LiteralPath $_ } | ForEach-Object { Get-ChildItem -LiteralPath $_ -Recurse -File } | Where-Object { $_.LastWriteTime -gt $jar } | Select-Object -First 1; if ($new) { exit 1 }"
if errorlevel 1 goto build
goto run

:build
where mvn >nul 2>&1
if errorlevel 1 goto nomaven
echo yodel: building, this takes a minute the first time 1>&2
pushd "%ROOT%"
call mvn -q -B -Dfast -DskipTests -pl examples -am package 1>&2
if errorlevel 1 (
    popd
    exit /b 1
)
popd
rem Maven leaves the jar alone when nothing in it has changed; then it would be stale for ever.
powershell -NoProfile -Command "(Get-Item -LiteralPath '%JAR%').LastWriteTime = Get-Date"

:run
"%JAVA%" -jar "%JAR%" %*
exit /b %ERRORLEVEL%

:nomaven
rem Not in a block of brackets: the path may have brackets of its own.
echo yodel: Maven is needed to build %JAR% 1>&2
exit /b 1
