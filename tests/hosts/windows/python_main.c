/* python.exe and pythonw.exe, as CPython's own PC/python.c and PC/WinMain.c: the arguments go to Py_Main. */
#include <windows.h>

__declspec(dllimport) int Py_Main(int argc, wchar_t **argv);

#ifdef WITHOUT_CONSOLE
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE before, LPWSTR line, int show) {
  return Py_Main(__argc, __wargv);
}
#else
int wmain(int argc, wchar_t **argv) { return Py_Main(argc, argv); }
#endif
