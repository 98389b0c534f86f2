@echo off
rem Runs MoS for Java from an unpacked archive. JAVA_HOME chooses the Java (17 or newer).
setlocal
set "home=%~dp0.."
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
"%java%" -Dorg.bytedeco.javacpp.nopointergc=true "-Dmos.home=%home%" -XX:+IgnoreUnrecognizedVMOptions --enable-native-access=ALL-UNNAMED %MOS_JAVA_OPTS% -jar "%home%\mos.jar" %*
