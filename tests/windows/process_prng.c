/* The one function of bcryptprimitives.dll that Rust's standard library calls, for a Wine that does not have it yet
 * (before version 9). For tests alone: Windows has its own. */
#include <windows.h>
/* It needs the types of windows.h, so it comes after it. */
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    while (length > 0) {
        ULONG part = length > 4096 ? 4096 : (ULONG)length;
        if (!RtlGenRandom(data, part))
            return FALSE;
        data += part;
        length -= part;
    }
    return TRUE;
}
