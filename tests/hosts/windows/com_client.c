/* What Excel's VBA does below the language: loads the xlwings DLL, starts the Python server with a
   command string, and makes late-bound calls with real VARIANTs. One request a line on standard
   input, one answer a line on standard output (com_client.py writes and reads them):

     dll S              env S S|E         codepage
     activate S I       invoke O S I VALUE...       release O

   Values: E empty, N null, M an argument left out, D R8 and T a date (the 16 hexadecimal digits of
   the double), I a long, B0 and B1, S a text (4 digits a UTF-16 unit), X an error code, C a currency
   (ten-thousandths), Q a decimal, O an object (its place), A<n> an array from 0, R<n>x<m> a range's
   Value2 from 1, V a variant by reference. */
#include <windows.h>
#include <oleauto.h>
#include <stdio.h>

typedef long (__stdcall *Activate)(VARIANT *, const char *, long);

enum { MOST_OBJECTS = 1024, MOST_ARGUMENTS = 64 };

static Activate activate;
static IDispatch *objects[MOST_OBJECTS];
static int count;
static char *at; /* where the request is being read */

static char *word(void) {
  while (*at == ' ') at++;
  char *start = at;
  while (*at && *at != ' ') at++;
  if (*at) *at++ = 0;
  return start;
}

static double bits(const char *text) {
  union { unsigned long long whole; double number; } both;
  both.whole = strtoull(text, NULL, 16);
  return both.number;
}

static BSTR text_of(const char *digits) {
  UINT n = (UINT)strlen(digits) / 4;
  BSTR made = SysAllocStringLen(NULL, n);
  for (UINT i = 0; i < n; i++) {
    char unit[5] = {digits[4 * i], digits[4 * i + 1], digits[4 * i + 2], digits[4 * i + 3], 0};
    made[i] = (OLECHAR)strtoul(unit, NULL, 16);
  }
  return made;
}

static VARIANT value(void) {
  VARIANT v;
  char *t = word();
  VariantInit(&v);
  switch (*t) {
    case 'N': v.vt = VT_NULL; break;
    case 'M': v.vt = VT_ERROR; v.scode = DISP_E_PARAMNOTFOUND; break;
    case 'D': v.vt = VT_R8; v.dblVal = bits(t + 1); break;
    case 'T': v.vt = VT_DATE; v.date = bits(t + 1); break;
    case 'I': v.vt = VT_I4; v.lVal = (LONG)strtol(t + 1, NULL, 10); break;
    case 'B': v.vt = VT_BOOL; v.boolVal = t[1] == '1' ? VARIANT_TRUE : VARIANT_FALSE; break;
    case 'S': v.vt = VT_BSTR; v.bstrVal = text_of(t + 1); break;
    case 'X': v.vt = VT_ERROR; v.scode = (SCODE)strtoll(t + 1, NULL, 10); break;
    case 'C': v.vt = VT_CY; v.cyVal.int64 = strtoll(t + 1, NULL, 10); break;
    case 'Q': {
      wchar_t wide[64];
      DECIMAL d;
      swprintf(wide, 64, L"%hs", t + 1);
      VarDecFromStr(wide, MAKELCID(0x0409, SORT_DEFAULT), 0, &d);
      v.decVal = d;
      v.vt = VT_DECIMAL;
      break;
    }
    case 'O': {
      v.vt = VT_DISPATCH;
      v.pdispVal = objects[atoi(t + 1)];
      v.pdispVal->lpVtbl->AddRef(v.pdispVal);
      break;
    }
    case 'A': {
      SAFEARRAYBOUND bound = {(ULONG)atoi(t + 1), 0};
      v.vt = VT_ARRAY | VT_VARIANT;
      v.parray = SafeArrayCreate(VT_VARIANT, 1, &bound);
      for (LONG i = 0; i < (LONG)bound.cElements; i++) {
        VARIANT item = value();
        SafeArrayPutElement(v.parray, &i, &item);
        VariantClear(&item);
      }
      break;
    }
    case 'R': {
      char *across = strchr(t, 'x') + 1;
      SAFEARRAYBOUND bounds[2] = {{(ULONG)atoi(t + 1), 1}, {(ULONG)atoi(across), 1}};
      v.vt = VT_ARRAY | VT_VARIANT;
      v.parray = SafeArrayCreate(VT_VARIANT, 2, bounds);
      for (LONG i = 1; i <= (LONG)bounds[0].cElements; i++)
        for (LONG j = 1; j <= (LONG)bounds[1].cElements; j++) {
          LONG place[2] = {i, j};
          VARIANT item = value();
          SafeArrayPutElement(v.parray, place, &item);
          VariantClear(&item);
        }
      break;
    }
    case 'V': { /* lives until the process ends: a few bytes for each call of a test */
      VARIANT *inner = malloc(sizeof *inner);
      *inner = value();
      v.vt = VT_BYREF | VT_VARIANT;
      v.pvarVal = inner;
      break;
    }
  }
  return v;
}

static void tell_text(const OLECHAR *text, UINT n) {
  putchar('S');
  for (UINT i = 0; i < n; i++) printf("%04x", text[i]);
}

static void tell(VARIANT *v) {
  union { double number; unsigned long long whole; } both;
  if (v->vt & VT_ARRAY) {
    SAFEARRAY *a = v->vt & VT_BYREF ? *v->pparray : v->parray;
    VARTYPE kind;
    LONG low, high, left = 0, right = 0;
    UINT dimensions = SafeArrayGetDim(a);
    SafeArrayGetVartype(a, &kind);
    SafeArrayGetLBound(a, 1, &low);
    SafeArrayGetUBound(a, 1, &high);
    if (kind != VT_VARIANT || dimensions > 2) { printf("?array%x/%u", kind, dimensions); return; }
    if (dimensions == 2) {
      SafeArrayGetLBound(a, 2, &left);
      SafeArrayGetUBound(a, 2, &right);
      printf("R%ldx%ld", high - low + 1, right - left + 1);
    } else {
      printf("A%ld", high - low + 1);
    }
    for (LONG i = low; i <= high; i++)
      for (LONG j = left; j <= right; j++) {
        LONG place[2] = {i, j};
        VARIANT item;
        VariantInit(&item);
        SafeArrayGetElement(a, place, &item);
        putchar(' ');
        tell(&item);
        VariantClear(&item);
      }
    return;
  }
  switch (v->vt) {
    case VT_EMPTY: printf("E"); break;
    case VT_NULL: printf("N"); break;
    case VT_R8: both.number = v->dblVal; printf("D%016llx", both.whole); break;
    case VT_DATE: both.number = v->date; printf("T%016llx", both.whole); break;
    case VT_I4: printf("I%ld", v->lVal); break;
    case VT_BOOL: printf("B%d", v->boolVal ? 1 : 0); break;
    case VT_BSTR: tell_text(v->bstrVal, SysStringLen(v->bstrVal)); break;
    case VT_ERROR: printf("X%ld", v->scode); break;
    case VT_DISPATCH:
      if (count == MOST_OBJECTS) { printf("?full"); break; }
      objects[count] = v->pdispVal;
      objects[count]->lpVtbl->AddRef(objects[count]);
      printf("O%d", count++);
      break;
    default: printf("?%x", v->vt);
  }
}

static void invoke(void) {
  IDispatch *on = objects[atoi(word() + 1)];
  OLECHAR *name = text_of(word() + 1);
  int n = atoi(word() + 1);
  VARIANT given[MOST_ARGUMENTS], result;
  for (int i = n - 1; i >= 0; i--) given[i] = value(); /* the last argument comes first */
  DISPPARAMS params = {given, NULL, (UINT)n, 0};
  EXCEPINFO wrong;
  DISPID id;
  UINT bad = 0;
  memset(&wrong, 0, sizeof wrong);
  VariantInit(&result);
  HRESULT h = on->lpVtbl->GetIDsOfNames(on, &IID_NULL, &name, 1, LOCALE_USER_DEFAULT, &id);
  if (SUCCEEDED(h))
    h = on->lpVtbl->Invoke(on, id, &IID_NULL, LOCALE_USER_DEFAULT,
                           DISPATCH_METHOD | DISPATCH_PROPERTYGET, &params, &result, &wrong, &bad);
  if (FAILED(h)) {
    printf("failed %ld ", h);
    tell_text(wrong.bstrDescription, SysStringLen(wrong.bstrDescription));
  } else {
    printf("ok ");
    tell(&result);
  }
  VariantClear(&result);
  for (int i = 0; i < n; i++) VariantClear(&given[i]);
  SysFreeString(name);
}

static void start_or_stop(void) {
  OLECHAR *command = text_of(word() + 1);
  long mode = strtol(word() + 1, NULL, 10);
  int n = WideCharToMultiByte(CP_ACP, 0, command, -1, NULL, 0, NULL, NULL);
  char *ansi = malloc(n); /* VBA hands a declared function its texts in the ANSI code page */
  VARIANT result;
  WideCharToMultiByte(CP_ACP, 0, command, -1, ansi, n, NULL, NULL);
  VariantInit(&result);
  printf("ok R1x2 I%ld ", activate(&result, ansi, mode));
  tell(&result);
  VariantClear(&result);
  SysFreeString(command);
  free(ansi);
}

int main(void) {
  size_t size = 1 << 26, used;
  char *line = malloc(size);
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  OleInitialize(NULL);
  while (fgets(line, (int)size, stdin)) {
    used = strcspn(line, "\r\n");
    line[used] = 0;
    at = line;
    char *task = word();
    if (!strcmp(task, "dll")) {
      BSTR path = text_of(word() + 1);
      HMODULE dll = LoadLibraryW(path);
      activate = dll ? (Activate)GetProcAddress(dll, "XLPyDLLActivateAuto") : NULL;
      printf("ok B%d", activate != NULL);
      SysFreeString(path);
    } else if (!strcmp(task, "env")) {
      BSTR name = text_of(word() + 1);
      char *t = word();
      BSTR text = *t == 'S' ? text_of(t + 1) : NULL;
      printf("ok B%d", SetEnvironmentVariableW(name, text) != 0);
      SysFreeString(name);
      SysFreeString(text);
    } else if (!strcmp(task, "codepage")) {
      printf("ok I%u", GetACP());
    } else if (!strcmp(task, "activate")) {
      start_or_stop();
    } else if (!strcmp(task, "invoke")) {
      invoke();
    } else if (!strcmp(task, "release")) {
      int place = atoi(word() + 1);
      objects[place]->lpVtbl->Release(objects[place]);
      objects[place] = NULL;
      printf("ok E");
    } else {
      printf("failed 0 S");
    }
    putchar('\n');
    fflush(stdout);
  }
  return 0;
}
