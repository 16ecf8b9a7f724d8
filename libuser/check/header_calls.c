// SPDX-License-Identifier: LGPL-2.1-or-later
/* The functions have the types that they have on Windows. */
#ifdef WINDOWS
#include <windows.h>
#include <rtm.h>
#else
#include "rtm.h"
#endif

#define CALL(name, type, ...)						\
	extern type (WINAPI *call_##name)(__VA_ARGS__);			\
	type (WINAPI *call_##name)(__VA_ARGS__) = name

CALL(RtmRegisterClient, HANDLE, DWORD, DWORD, HANDLE, DWORD);
CALL(RtmDeregisterClient, DWORD, HANDLE);
CALL(RtmDequeueRouteChangeMessage, DWORD, HANDLE, DWORD *, PVOID, PVOID);
CALL(RtmAddRoute, DWORD, HANDLE, PVOID, DWORD, DWORD *, PVOID, PVOID);
CALL(RtmDeleteRoute, DWORD, HANDLE, PVOID, DWORD *, PVOID);
CALL(RtmIsRoute, BOOL, DWORD, PVOID, PVOID);
CALL(RtmGetNetworkCount, ULONG, DWORD);
CALL(RtmGetRouteAge, ULONG, PVOID);
CALL(RtmCreateEnumerationHandle, HANDLE, DWORD, DWORD, PVOID);
CALL(RtmEnumerateGetNextRoute, DWORD, HANDLE, PVOID);
CALL(RtmCloseEnumerationHandle, DWORD, HANDLE);
CALL(RtmBlockDeleteRoutes, DWORD, HANDLE, DWORD, PVOID);
CALL(RtmGetFirstRoute, DWORD, DWORD, DWORD, PVOID);
CALL(RtmGetNextRoute, DWORD, DWORD, DWORD, PVOID);
CALL(RtmLookupIPDestination, BOOL, DWORD, PRTM_IP_ROUTE);
CALL(GetLastError, DWORD, void);
CALL(SetLastError, void, DWORD);
CALL(SetEvent, BOOL, HANDLE);
CALL(ResetEvent, BOOL, HANDLE);
CALL(WaitForSingleObject, DWORD, HANDLE, DWORD);
CALL(WaitForMultipleObjects, DWORD, DWORD, const HANDLE *, BOOL, DWORD);
CALL(CloseHandle, BOOL, HANDLE);

HANDLE create_event(void);
HANDLE create_event(void)
{
	return CreateEvent(NULL, TRUE, FALSE, NULL);
}

DWORD specific_route(PVOID route);
DWORD specific_route(PVOID route)
{
	return RtmGetSpecificRoute(RTM_PROTOCOL_FAMILY_IP, route);
}
