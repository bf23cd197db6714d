@echo off
rem Runs the command line of Yodel; builds it first when the jar is missing or older than the sources.
setlocal
set "ROOT=%~dp0"
set "JAR=%ROOT%examples\target\yodel.jar"
set "JAVA=java"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "JAVA=%JAVA_HOME%\bin\java.exe"

if not exist "%JAR%" goto build
powershell -NoProfile -Command "$jar = (Get-Item '%JAR%').LastWriteTime; $new = Get-ChildItem -Path '%ROOT%' -Directory | ForEach-Object { Join-Path $_.FullName 'src\main'; Join-Path $_.FullName 'pom.xml' } | Where-Object { Test-Path $_ } | Get-ChildItem -Recurse -File | Where-Object { $_.LastWriteTime -gt $jar } | Select-Object -First 1; if ($new) { exit 1 }"
if errorlevel 1 goto build
goto run

:build
echo yodel: building, this takes a minute the first time 1>&2
pushd "%ROOT%"
call mvn -q -B -Dfast -DskipTests -pl examples -am package 1>&2
if errorlevel 1 (
    popd
    exit /b 1
)
popd

:run
"%JAVA%" -jar "%JAR%" %*
exit /b %ERRORLEVEL%
