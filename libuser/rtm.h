/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Routing Table Manager, version 1, on Linux (librtm, over /dev/rtm).
 *
 * Names, values and layouts are those of Rtm.h of Windows. What Windows does
 * not have stands under "Extensions" below.
 *
 * Byte order: IP addresses and masks and IPX network numbers are in machine
 * byte order, 10.1.0.0/16 is 0x0a010000, 0xffff0000. A program that fills in
 * network byte order (inet_addr() values) defines RTM_NETWORK_BYTE_ORDER
 * before it includes this file, for the macros, and calls
 * RtmSetByteOrder(RTM_ORDER_NETWORK) first of all, for the functions. IPv6
 * addresses are 16 bytes in network byte order, whatever that says, and
 * everything else is in machine byte order always.
 *
 * Errors: functions of type DWORD return NO_ERROR or an error, but for the waits.
 * Those and the others leave the error to GetLastError(), which is per thread. Any function that
 * asks the kernel may say, beside what stands at each,
 *   ERROR_NO_SYSTEM_RESOURCES	no /dev/rtm, or a limit is reached
 *   ERROR_NOT_ENOUGH_MEMORY	out of memory
 *   ERROR_ACCESS_DENIED	/dev/rtm may not be opened like that, or
 *				CAP_NET_ADMIN is missing to change something
 *   ERROR_INVALID_PARAMETER	a NULL pointer where none is allowed, a mask
 *				that is not contiguous, a prefix length above
 *				128, a network number with bits outside its
 *				mask or prefix, an unknown family or flag
 * A function that fails has changed nothing unless it says otherwise.
 *
 * Threads: every function may be called by any thread at any time, for the
 * same handle too. None may be called from a signal handler; only the waits
 * are cancellation points. A function waits
 * for others to finish with the table for a moment at most; it blocks only
 * where that is said. Calls that a signal interrupts go on.
 *
 * Handles are numbers that name something inside the process. One that is
 * stale, of the wrong kind, of another process or made up is
 * ERROR_INVALID_HANDLE.
 *
 * Processes: descriptors are close-on-exec. A child of fork() starts without
 * handles, its parent keeps them all; register after daemon(3), not before.
 * The byte order is inherited.
 * When a process ends, in whatever way, its clients are deregistered. The
 * tables are those of the network namespace of the thread that first calls
 * a function that needs the device, once to look and once to change, or first
 * registers with an event.
 */
#ifndef _LIBRTM_RTM_H
#define _LIBRTM_RTM_H

#include <stddef.h>
#include <stdint.h>

/*
 * The types of Win32 that the API is written in. A program that has them from
 * elsewhere (DWORD and ULONG being 32 bits wide) defines RTM_NO_WIN32_TYPES.
 */
#if !defined(RTM_NO_WIN32_TYPES) && !defined(_WINDEF_) && \
	!defined(_MINWINDEF_) && !defined(__WINE_WINDEF_H)
typedef void VOID;
typedef void *PVOID, *LPVOID, *HANDLE;
typedef const void *LPCVOID;
typedef uint8_t BYTE, UCHAR, *PBYTE;
typedef uint16_t WORD, USHORT;
typedef uint32_t DWORD, ULONG, *PDWORD, *LPDWORD, *PULONG;
typedef int32_t LONG;
typedef uint64_t ULONGLONG, *PULONGLONG;
typedef int64_t LONGLONG;
typedef int BOOL, *PBOOL;
#endif

#if !defined(RTM_NO_WIN32_TYPES) && !defined(_FILETIME_)
#define _FILETIME_
/* 100 ns since 1601-01-01 00:00 UTC. */
typedef struct _FILETIME {
	DWORD dwLowDateTime;
	DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;
#endif

#ifndef WINAPI
#define WINAPI
#endif
#ifndef FALSE
#define FALSE			0
#endif
#ifndef TRUE
#define TRUE			1
#endif
#ifndef INFINITE
#define INFINITE		0xffffffffU
#endif
#ifndef INVALID_HANDLE_VALUE
#define INVALID_HANDLE_VALUE	((HANDLE)(intptr_t)(-1))
#endif
#ifndef WAIT_OBJECT_0
#define WAIT_OBJECT_0		0U
#define WAIT_TIMEOUT		258U
#define WAIT_FAILED		0xffffffffU
#endif
#ifndef MAXIMUM_WAIT_OBJECTS
#define MAXIMUM_WAIT_OBJECTS	64
#endif

#ifndef NO_ERROR
#define NO_ERROR		0U
#endif
#ifndef ERROR_SUCCESS
#define ERROR_SUCCESS		0U
#endif
#ifndef ERROR_ACCESS_DENIED
#define ERROR_ACCESS_DENIED	5U
#endif
#ifndef ERROR_INVALID_HANDLE
#define ERROR_INVALID_HANDLE	6U
#endif
#ifndef ERROR_NOT_ENOUGH_MEMORY
#define ERROR_NOT_ENOUGH_MEMORY	8U
#endif
#ifndef ERROR_INVALID_PARAMETER
#define ERROR_INVALID_PARAMETER	87U
#endif
#ifndef ERROR_ALREADY_EXISTS
#define ERROR_ALREADY_EXISTS	183U
#endif
#ifndef ERROR_MORE_DATA
#define ERROR_MORE_DATA		234U
#endif
#ifndef ERROR_NO_MORE_ITEMS
#define ERROR_NO_MORE_ITEMS	259U
#endif
#ifndef ERROR_ALREADY_INITIALIZED
#define ERROR_ALREADY_INITIALIZED	1247U
#endif
#ifndef ERROR_NO_SYSTEM_RESOURCES
#define ERROR_NO_SYSTEM_RESOURCES	1450U
#endif

#define ERROR_MORE_MESSAGES		ERROR_MORE_DATA
#define ERROR_CLIENT_ALREADY_EXISTS	ERROR_ALREADY_EXISTS
#define ERROR_NO_MESSAGES		ERROR_NO_MORE_ITEMS
#define ERROR_NO_MORE_ROUTES		ERROR_NO_MORE_ITEMS
#define ERROR_NO_ROUTES			ERROR_NO_MORE_ITEMS
#define ERROR_NO_SUCH_ROUTE		ERROR_NO_MORE_ITEMS

/* Protocol families: each has a table. IPv6 is an extension. */
#define RTM_PROTOCOL_FAMILY_IPX	0
#define RTM_PROTOCOL_FAMILY_IP	1
#define RTM_PROTOCOL_FAMILY_IPV6	2

/* Routing protocols, of routprot.h and ipxrtdef.h; PROTO_IP_* are IPv6's too. */
#ifndef PROTO_IP_OTHER
#define PROTO_IP_OTHER		1
#define PROTO_IP_LOCAL		2
#define PROTO_IP_NETMGMT	3
#define PROTO_IP_ICMP		4
#define PROTO_IP_EGP		5
#define PROTO_IP_GGP		6
#define PROTO_IP_HELLO		7
#define PROTO_IP_RIP		8
#define PROTO_IP_IS_IS		9
#define PROTO_IP_ES_IS		10
#define PROTO_IP_CISCO		11
#define PROTO_IP_BBN		12
#define PROTO_IP_OSPF		13
#define PROTO_IP_BGP		14
#define PROTO_IP_NT_AUTOSTATIC	10002
#define PROTO_IP_NT_STATIC	10006
#define PROTO_IP_NT_STATIC_NON_DOD	10007
#endif
#ifndef IPX_PROTOCOL_LOCAL
#define IPX_PROTOCOL_LOCAL	1
#define IPX_PROTOCOL_STATIC	2
#endif
#ifndef IPX_PROTOCOL_BASE
#define IPX_PROTOCOL_BASE	0x0001ffff
#define IPX_PROTOCOL_RIP	(IPX_PROTOCOL_BASE + 1)
#define IPX_PROTOCOL_SAP	(IPX_PROTOCOL_BASE + 2)
#define IPX_PROTOCOL_NLSP	(IPX_PROTOCOL_BASE + 3)
#endif

typedef struct _IPX_NETWORK {
	DWORD N_NetNumber;
} IPX_NETWORK, *PIPX_NETWORK;

typedef struct _IP_NETWORK {
	DWORD N_NetNumber;
	DWORD N_NetMask;
} IP_NETWORK, *PIP_NETWORK;

/* Network byte order; N_PrefixLength is 0 to 128, with no bit beyond it. */
typedef struct _IPV6_NETWORK {
	BYTE N_NetNumber[16];
	DWORD N_PrefixLength;
} IPV6_NETWORK, *PIPV6_NETWORK;

typedef struct _IPX_NEXT_HOP_ADDRESS {
	BYTE NHA_Mac[6];
} IPX_NEXT_HOP_ADDRESS, *PIPX_NEXT_HOP_ADDRESS;

typedef IP_NETWORK IP_NEXT_HOP_ADDRESS, *PIP_NEXT_HOP_ADDRESS;
typedef IPV6_NETWORK IPV6_NEXT_HOP_ADDRESS, *PIPV6_NEXT_HOP_ADDRESS;

typedef struct _IPX_SPECIFIC_DATA {
	DWORD FSD_Flags;		/* 0 or IPX_GLOBAL_CLIENT_WAN_ROUTE */
	USHORT FSD_TickCount;		/* the metric: lower is better */
	USHORT FSD_HopCount;		/* decides among equal ticks */
} IPX_SPECIFIC_DATA, *PIPX_SPECIFIC_DATA;

#define IPX_GLOBAL_CLIENT_WAN_ROUTE	0x00000001

typedef struct _IP_SPECIFIC_DATA {
	DWORD FSD_Type;			/* 1 other 2 invalid 3 local 4 remote */
	DWORD FSD_Policy;
	DWORD FSD_NextHopAS;
	DWORD FSD_Priority;		/* written by the manager */
	DWORD FSD_Metric;		/* the metric: lower is better */
	DWORD FSD_Metric1;
	DWORD FSD_Metric2;
	DWORD FSD_Metric3;
	DWORD FSD_Metric4;
	DWORD FSD_Metric5;
	DWORD FSD_Flags;		/* IP_VALID_ROUTE */
} IP_SPECIFIC_DATA, *PIP_SPECIFIC_DATA;

typedef IP_SPECIFIC_DATA IPV6_SPECIFIC_DATA, *PIPV6_SPECIFIC_DATA;

#define IP_VALID_ROUTE		0x00000001

typedef struct _PROTOCOL_SPECIFIC_DATA {
	DWORD PSD_Data[4];
} PROTOCOL_SPECIFIC_DATA, *PPROTOCOL_SPECIFIC_DATA;

#define DWORD_ALIGN(type, field)					\
	union {								\
		type field;						\
		DWORD field##Align;					\
	}

#define ROUTE_HEADER							\
	DWORD_ALIGN(FILETIME, RR_TimeStamp);				\
	DWORD RR_RoutingProtocol;					\
	DWORD RR_InterfaceID;						\
	DWORD_ALIGN(PROTOCOL_SPECIFIC_DATA, RR_ProtocolSpecificData)

/* Anonymous unions are younger than C90 and C++ says so when asked to. */
#ifdef __GNUC__
#define _RTM_EXTENSION		__extension__
#else
#define _RTM_EXTENSION
#endif

/* RR_TimeStamp and RR_RoutingProtocol are written by the manager. */
_RTM_EXTENSION typedef struct _RTM_IPX_ROUTE {
	ROUTE_HEADER;
	DWORD_ALIGN(IPX_NETWORK, RR_Network);
	DWORD_ALIGN(IPX_NEXT_HOP_ADDRESS, RR_NextHopAddress);
	DWORD_ALIGN(IPX_SPECIFIC_DATA, RR_FamilySpecificData);
} RTM_IPX_ROUTE, *PRTM_IPX_ROUTE;

_RTM_EXTENSION typedef struct _RTM_IP_ROUTE {
	ROUTE_HEADER;
	DWORD_ALIGN(IP_NETWORK, RR_Network);
	DWORD_ALIGN(IP_NEXT_HOP_ADDRESS, RR_NextHopAddress);
	DWORD_ALIGN(IP_SPECIFIC_DATA, RR_FamilySpecificData);
} RTM_IP_ROUTE, *PRTM_IP_ROUTE;

_RTM_EXTENSION typedef struct _RTM_IPV6_ROUTE {
	ROUTE_HEADER;
	DWORD_ALIGN(IPV6_NETWORK, RR_Network);
	DWORD_ALIGN(IPV6_NEXT_HOP_ADDRESS, RR_NextHopAddress);
	DWORD_ALIGN(IPV6_SPECIFIC_DATA, RR_FamilySpecificData);
} RTM_IPV6_ROUTE, *PRTM_IPV6_ROUTE;

/* An address as this program writes it, in machine byte order. */
#if defined(RTM_NETWORK_BYTE_ORDER) && \
	__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define _RTM_ADDRESS(a)		__builtin_bswap32((DWORD)(a))
#else
#define _RTM_ADDRESS(a)		((DWORD)(a))
#endif

#define ClearRouteFlags(pRoute)						\
	((pRoute)->RR_FamilySpecificData.FSD_Flags = 0)
/* Of IP and IPv6: this bit of IPX's flags is IPX_GLOBAL_CLIENT_WAN_ROUTE. */
#define IsRouteValid(pRoute)						\
	((pRoute)->RR_FamilySpecificData.FSD_Flags & IP_VALID_ROUTE)
#define SetRouteValid(pRoute)						\
	((pRoute)->RR_FamilySpecificData.FSD_Flags |= IP_VALID_ROUTE)
#define ClearRouteValid(pRoute)						\
	((pRoute)->RR_FamilySpecificData.FSD_Flags &= ~(DWORD)IP_VALID_ROUTE)
#define IsRouteNonUnicast(pRoute)					\
	(_RTM_ADDRESS((pRoute)->RR_Network.N_NetNumber) >= 0xe0000000U)
#define IsRouteLoopback(pRoute)						\
	(_RTM_ADDRESS((pRoute)->RR_Network.N_NetNumber) >> 24 == 0x7fU || \
	 _RTM_ADDRESS((pRoute)->RR_NextHopAddress.N_NetNumber) == 0x7f000001U)

/* ::1 */
#define _RTM_IPV6_LOOPBACK(a)						\
	(!((a)[0] | (a)[1] | (a)[2] | (a)[3] | (a)[4] | (a)[5] | (a)[6] | \
	   (a)[7] | (a)[8] | (a)[9] | (a)[10] | (a)[11] | (a)[12] |	\
	   (a)[13] | (a)[14]) && (a)[15] == 1)

/* The same of IPv6: ff00::/8; ::1 as destination or next hop. */
#define IsIPv6RouteNonUnicast(pRoute)					\
	((pRoute)->RR_Network.N_NetNumber[0] == 0xff)
#define IsIPv6RouteLoopback(pRoute)					\
	(_RTM_IPV6_LOOPBACK((pRoute)->RR_Network.N_NetNumber) ||	\
	 _RTM_IPV6_LOOPBACK((pRoute)->RR_NextHopAddress.N_NetNumber))

/* What happened to the best route, and which of cur and prev are written. */
#define RTM_CURRENT_BEST_ROUTE	0x00000001
#define RTM_PREVIOUS_BEST_ROUTE	0x00000002

#define RTM_NO_CHANGE		0
#define RTM_ROUTE_ADDED		RTM_CURRENT_BEST_ROUTE
#define RTM_ROUTE_DELETED	RTM_PREVIOUS_BEST_ROUTE
#define RTM_ROUTE_CHANGED						\
	(RTM_CURRENT_BEST_ROUTE | RTM_PREVIOUS_BEST_ROUTE)

/* Enumeration flags: which members of the criteria must be equal. */
#define RTM_ONLY_THIS_NETWORK	0x00000001
#define RTM_ONLY_THIS_INTERFACE	0x00000002
#define RTM_ONLY_THIS_PROTOCOL	0x00000004
#define RTM_ONLY_BEST_ROUTES	0x00000008

/* RtmRegisterClient(): a new route to a destination replaces the old one. */
#define RTM_PROTOCOL_SINGLE_ROUTE	0x00000001

/* Longest finite time to live, in seconds. */
#define RTM_MAX_TIME_TO_LIVE	2147483U

#if defined(__GNUC__)
#define RTM_API			__attribute__((__visibility__("default")))
#else
#define RTM_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Win32
 */

/**
 * GetLastError - error of the last function in this thread that leaves it there
 *
 * Those do that which do not return it: handles, descriptors, waits, BOOL. Also
 * RtmGetNetworkCount(), NO_ERROR included; and a look-up that finds nothing
 * leaves NO_ERROR.
 */
RTM_API DWORD WINAPI GetLastError(void);

/**
 * SetLastError - set what GetLastError() returns in this thread
 * @Error: any number
 */
RTM_API void WINAPI SetLastError(DWORD Error);

/**
 * CreateEvent - make an event
 * @Attributes: ignored
 * @ManualReset: a wait leaves it signalled, else a wait takes the signal
 * @InitialState: begin signalled
 * @Name: NULL; there are no named events
 *
 * Clients and watchers may be registered with the event. It is then signalled
 * by SetEvent(), and also while one of them has a message waiting: that part
 * of the signal is a level, which no wait and no ResetEvent() takes away, not
 * even of an event that is not reset manually.
 *
 * Return: handle for CloseHandle(), or NULL: ERROR_INVALID_PARAMETER (name),
 * ERROR_NO_SYSTEM_RESOURCES (descriptors), ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API HANDLE WINAPI CreateEvent(PVOID Attributes, BOOL ManualReset,
				  BOOL InitialState, LPCVOID Name);
#define CreateEventA		CreateEvent
#define CreateEventW		CreateEvent

/**
 * SetEvent - signal an event
 * @Event: event
 *
 * Return: TRUE, or FALSE: ERROR_INVALID_HANDLE
 */
RTM_API BOOL WINAPI SetEvent(HANDLE Event);

/**
 * ResetEvent - take away what SetEvent() did
 * @Event: event
 *
 * Return: TRUE, or FALSE: ERROR_INVALID_HANDLE
 */
RTM_API BOOL WINAPI ResetEvent(HANDLE Event);

/**
 * WaitForSingleObject - wait until an event is signalled
 * @Event: event
 * @Milliseconds: longest wait, 0 to look only, INFINITE. Clock steps do not
 *	change it
 *
 * Blocks. Nothing but an event can be waited for.
 *
 * Return: WAIT_OBJECT_0, WAIT_TIMEOUT, or WAIT_FAILED: ERROR_INVALID_HANDLE,
 * ERROR_NO_SYSTEM_RESOURCES (below its limit of descriptors a process cannot
 * poll), ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API DWORD WINAPI WaitForSingleObject(HANDLE Event, DWORD Milliseconds);

/**
 * WaitForMultipleObjects - wait until one or all of several are signalled
 * @Count: 1 to MAXIMUM_WAIT_OBJECTS
 * @Events: events
 * @WaitAll: TRUE: until all are signalled at once, nothing is taken before;
 *	FALSE: until one is; the first of those that are is taken
 * @Milliseconds: as for WaitForSingleObject()
 *
 * Blocks.
 *
 * Return: WAIT_OBJECT_0 + index (0 for all), WAIT_TIMEOUT, or WAIT_FAILED:
 * ERROR_INVALID_PARAMETER (count; NULL; the same event twice with @WaitAll),
 * or as of WaitForSingleObject()
 */
RTM_API DWORD WINAPI WaitForMultipleObjects(DWORD Count, const HANDLE *Events,
					    BOOL WaitAll, DWORD Milliseconds);

/**
 * CloseHandle - end an event
 * @Event: event; clients and enumerations have calls of their own
 *
 * Clients that were registered with it go on, and what waits for it now goes
 * on waiting.
 *
 * Return: TRUE, or FALSE: ERROR_INVALID_HANDLE
 */
RTM_API BOOL WINAPI CloseHandle(HANDLE Event);

/*
 * Routing Table Manager, version 1. Where PVOID stands for a route or a
 * network, it is an RTM_IP_ROUTE or IP_NETWORK in the family of IP, an
 * RTM_IPV6_ROUTE or IPV6_NETWORK in that of IPv6, and an RTM_IPX_ROUTE or
 * IPX_NETWORK in that of IPX.
 */

/**
 * RtmRegisterClient - become the client of a routing protocol
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @RoutingProtocol: id of the protocol, any number; one client may be
 *	registered for it. RTM_OTHER_PROTOCOLS is one like others, but can have
 *	no priority of its own
 * @ChangeEvent: signalled while messages wait, see CreateEvent(). Several
 *	clients may share it. NULL: no messages
 * @Flags: 0 or RTM_PROTOCOL_SINGLE_ROUTE
 *
 * Blocks while a former client of the protocol is being deregistered.
 *
 * Return: handle for RtmDeregisterClient(), or NULL: ERROR_INVALID_HANDLE
 * (@ChangeEvent is no event), ERROR_CLIENT_ALREADY_EXISTS,
 * ERROR_INVALID_PARAMETER, ERROR_ACCESS_DENIED, ERROR_NO_SYSTEM_RESOURCES,
 * ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API HANDLE WINAPI RtmRegisterClient(DWORD ProtocolFamily,
					DWORD RoutingProtocol,
					HANDLE ChangeEvent, DWORD Flags);

/**
 * RtmDeregisterClient - end a registration
 * @ClientHandle: client or watcher
 *
 * Deletes the client's routes and tells the others. Blocks until that is done.
 *
 * Return: NO_ERROR, ERROR_INVALID_HANDLE, ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmDeregisterClient(HANDLE ClientHandle);

/**
 * RtmDequeueRouteChangeMessage - take the oldest change message
 * @ClientHandle: client with an event, or watcher
 * @Flags: RTM_ROUTE_ADDED (@CurBestRoute), RTM_ROUTE_DELETED (@PrevBestRoute),
 *	RTM_ROUTE_CHANGED (both). May be NULL
 * @CurBestRoute: best route from then on. May be NULL
 * @PrevBestRoute: best route until then. May be NULL
 *
 * Return: NO_ERROR: this was the last one; ERROR_MORE_MESSAGES: taken, and
 * more wait; ERROR_NO_MESSAGES: nothing taken; ERROR_INVALID_HANDLE, also of a
 * client without event; ERROR_NO_SYSTEM_RESOURCES: once, the client fell
 * behind the limit of what is kept for it, or, without CAP_NET_ADMIN, was one of
 * too many that are far behind: its messages are lost, later ones begin afresh,
 * and it must enumerate the table.
 *
 * Who keeps a copy of the table enumerates it before the first call, and before the
 * next one after a loss: until then, changes that undo each other are told too
 */
RTM_API DWORD WINAPI RtmDequeueRouteChangeMessage(HANDLE ClientHandle,
						  DWORD *Flags,
						  PVOID CurBestRoute,
						  PVOID PrevBestRoute);

/**
 * RtmAddRoute - add a route, or update it in place
 * @ClientHandle: client; it owns the route
 * @Route: route. Its network, interface and next hop (without its mask) say
 *	which of the client's routes it is. RR_TimeStamp, RR_RoutingProtocol and
 *	FSD_Priority are not read
 * @TimeToLive: seconds, 1 to RTM_MAX_TIME_TO_LIVE, or INFINITE
 * @Flags: RTM_NO_CHANGE, RTM_ROUTE_ADDED (@CurBestRoute) or RTM_ROUTE_CHANGED
 *	(both). May be NULL
 * @CurBestRoute: best route of the destination now. May be NULL
 * @PrevBestRoute: best route until now. May be NULL
 *
 * The caller has the answer in hand and gets no message.
 *
 * Return: NO_ERROR, ERROR_INVALID_HANDLE, also of a watcher,
 * ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API DWORD WINAPI RtmAddRoute(HANDLE ClientHandle, PVOID Route,
				 DWORD TimeToLive, DWORD *Flags,
				 PVOID CurBestRoute, PVOID PrevBestRoute);

/**
 * RtmDeleteRoute - delete a route
 * @ClientHandle: client that owns the route
 * @Route: its network, interface and next hop are read, of a single-route
 *	client its network alone
 * @Flags: RTM_NO_CHANGE, RTM_ROUTE_DELETED or RTM_ROUTE_CHANGED
 *	(@CurBestRoute). May be NULL
 * @CurBestRoute: best route of the destination now. May be NULL
 *
 * Return: NO_ERROR, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
 * ERROR_NO_SUCH_ROUTE, ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmDeleteRoute(HANDLE ClientHandle, PVOID Route,
				    DWORD *Flags, PVOID CurBestRoute);

/**
 * RtmIsRoute - look a destination up
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @Network: the destination, exactly
 * @BestRoute: its best route. May be NULL
 *
 * Return: TRUE, or FALSE: NO_ERROR (no such destination),
 * ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API BOOL WINAPI RtmIsRoute(DWORD ProtocolFamily, PVOID Network,
			       PVOID BestRoute);

/**
 * RtmGetNetworkCount - number of destinations
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 *
 * Return: number, or 0: NO_ERROR (there is none), ERROR_INVALID_PARAMETER,
 * ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API ULONG WINAPI RtmGetNetworkCount(DWORD ProtocolFamily);

/**
 * RtmGetRouteAge - time since a route was added or last updated
 * @Route: route that this process got from a function of this library
 *
 * Steps of the clock do not change it. The kernel is not asked.
 *
 * Return: seconds, or INFINITE: ERROR_INVALID_PARAMETER (RR_TimeStamp lies
 * in the future or before the machine was booted)
 */
RTM_API ULONG WINAPI RtmGetRouteAge(PVOID Route);

/**
 * RtmCreateEnumerationHandle - begin to enumerate routes
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @EnumerationFlags: RTM_ONLY_*, or'ed
 * @CriteriaRoute: read as far as the flags say; NULL if that is nothing
 *
 * Return: handle for RtmCloseEnumerationHandle(), or NULL: ERROR_NO_ROUTES
 * (nothing matches), ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES,
 * ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API HANDLE WINAPI RtmCreateEnumerationHandle(DWORD ProtocolFamily,
						 DWORD EnumerationFlags,
						 PVOID CriteriaRoute);

/**
 * RtmEnumerateGetNextRoute - next route of an enumeration
 * @EnumerationHandle: enumeration
 * @Route: the route
 *
 * A route that matches from the beginning to the end is given exactly once.
 * Several are read at a time, and read again after any other call and after a
 * tenth of a second: no route is given that this process has deleted or been
 * told is gone, and none that was gone a tenth of a second before.
 *
 * Return: NO_ERROR, ERROR_NO_MORE_ROUTES, ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER
 */
RTM_API DWORD WINAPI RtmEnumerateGetNextRoute(HANDLE EnumerationHandle,
					      PVOID Route);

/**
 * RtmCloseEnumerationHandle - end an enumeration
 * @EnumerationHandle: enumeration
 *
 * Return: NO_ERROR, ERROR_INVALID_HANDLE
 */
RTM_API DWORD WINAPI RtmCloseEnumerationHandle(HANDLE EnumerationHandle);

/**
 * RtmBlockDeleteRoutes - delete all of a client's routes that match
 * @ClientHandle: client that owns the routes
 * @EnumerationFlags: RTM_ONLY_*, or'ed; RTM_ONLY_BEST_ROUTES has no effect
 * @CriteriaRoute: read as far as the flags say; NULL if that is nothing
 *
 * Everybody gets messages, the caller too. Blocks until the routes are gone, and
 * while another block delete of the client is at work.
 *
 * Return: NO_ERROR, ERROR_NO_ROUTES (nothing matched), ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmBlockDeleteRoutes(HANDLE ClientHandle,
					  DWORD EnumerationFlags,
					  PVOID CriteriaRoute);

/**
 * RtmGetFirstRoute - first route in the order of the table
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @EnumerationFlags: RTM_ONLY_*, or'ed
 * @Route: in: criteria, read as far as the flags say; out: the route
 *
 * The order is by network number, mask (IPv6: prefix length), protocol,
 * interface, next hop.
 *
 * Return: NO_ERROR, ERROR_NO_ROUTES, ERROR_INVALID_PARAMETER,
 * ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmGetFirstRoute(DWORD ProtocolFamily,
				      DWORD EnumerationFlags, PVOID Route);

#define RtmGetSpecificRoute(ProtocolFamily, Route)			\
	RtmGetFirstRoute(ProtocolFamily, RTM_ONLY_THIS_NETWORK |	\
			 RTM_ONLY_THIS_PROTOCOL | RTM_ONLY_THIS_INTERFACE, \
			 Route)

/**
 * RtmGetNextRoute - next route in the order of the table
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @EnumerationFlags: RTM_ONLY_*, or'ed; compared with @Route as it is given
 * @Route: in: position: network, protocol, interface, next hop; this route
 *	need not exist any more; out: the first route after it that matches
 *
 * With RTM_ONLY_BEST_ROUTES it goes on with the destination after @Route's, even
 * where the best route of @Route's own comes after it.
 *
 * Return: NO_ERROR, ERROR_NO_ROUTES, ERROR_INVALID_PARAMETER,
 * ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmGetNextRoute(DWORD ProtocolFamily,
				     DWORD EnumerationFlags, PVOID Route);

/**
 * RtmLookupIPDestination - best route to an address, by longest match
 * @Address: IP address
 * @Route: the route
 *
 * Return: TRUE, or FALSE: NO_ERROR (no route matches),
 * ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API BOOL WINAPI RtmLookupIPDestination(DWORD Address, PRTM_IP_ROUTE Route);

/*
 * Extensions: Linux only.
 *
 * "Ex" forms give the sequence number beside. Every change of a table's best
 * routes has one; what is told with a smaller number is older, so that a
 * client that both writes and watches can put in order what its own calls
 * and what messages say about a destination.
 *
 * "Batch" forms deal with arrays, in one system call for 64 or more.
 * Arrays of PVOID are arrays of routes or networks of the family.
 */

/* RtmSetByteOrder() */
#define RTM_ORDER_HOST		1
#define RTM_ORDER_NETWORK	2

/* Flags of messages in Ex and Batch forms, beside RTM_ROUTE_*. */
#define RTM_MESSAGE_MERGED	0x00000004	/* stands for several changes */
#define RTM_QUEUE_RESTARTED	0x00000008	/* messages were lost */

/* RtmLookupRouteBatch() */
#define RTM_LONGEST_MATCH	0x00000001

/**
 * struct _RTM_RESULT - result of one of a batch, or one message
 * @Error: NO_ERROR, or why it failed; the rest is zero then
 * @Flags: RTM_NO_CHANGE, RTM_ROUTE_*; of messages RTM_MESSAGE_MERGED too
 * @Sequence: of the change; with RTM_NO_CHANGE as for RtmAddRouteEx()
 */
typedef struct _RTM_RESULT {
	DWORD Error;
	DWORD Flags;
	ULONGLONG Sequence;
} RTM_RESULT, *PRTM_RESULT;

/**
 * struct _RTM_ROUTE_INFO - what goes with a route that was read
 * @Sequence: the table's sequence number when it was read
 * @TimeToLive: seconds left, or INFINITE
 * @Reserved: 0
 */
typedef struct _RTM_ROUTE_INFO {
	ULONGLONG Sequence;
	DWORD TimeToLive;
	DWORD Reserved;
} RTM_ROUTE_INFO, *PRTM_ROUTE_INFO;

/**
 * struct _RTM_STATISTICS - figures of a table
 * @Destinations: destinations that have a route
 * @Routes: routes
 * @Clients: clients, watchers included
 * @Records: changes kept for clients that have not taken them
 * @Sequence: changes of best routes since the table was made
 * @Delivered: messages taken
 * @Merged: changes merged into another message
 * @Cancelled: messages dropped since what followed undid them
 * @Restarts: times that a client lost its messages
 * @Expired: routes that aged out
 * @Bytes: memory in use
 * @NodeBytes: memory of the tree and of what is compiled of it, in @Bytes
 */
typedef struct _RTM_STATISTICS {
	ULONGLONG Destinations;
	ULONGLONG Routes;
	ULONGLONG Clients;
	ULONGLONG Records;
	ULONGLONG Sequence;
	ULONGLONG Delivered;
	ULONGLONG Merged;
	ULONGLONG Cancelled;
	ULONGLONG Restarts;
	ULONGLONG Expired;
	ULONGLONG Bytes;
	ULONGLONG NodeBytes;
} RTM_STATISTICS, *PRTM_STATISTICS;

/* RTM_CLIENT_INFO.Flags, beside RTM_PROTOCOL_SINGLE_ROUTE */
#define RTM_CLIENT_HAS_EVENT	0x00000002	/* messages are kept for it */
#define RTM_CLIENT_IS_WATCHER	0x00000004

/**
 * struct _RTM_CLIENT_INFO - a client or watcher of the network namespace
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @RoutingProtocol: id of the protocol; 0 of a watcher
 * @Flags: RTM_PROTOCOL_SINGLE_ROUTE, RTM_CLIENT_HAS_EVENT,
 *	RTM_CLIENT_IS_WATCHER
 * @ProcessId: process that registered, 0 if it cannot be seen from here
 * @ProcessName: its name then, ended by a zero
 * @Routes: routes that it owns
 * @Pending: messages that wait for it, at most
 * @Delivered: messages that it took
 * @Restarts: times that it lost its messages
 */
typedef struct _RTM_CLIENT_INFO {
	DWORD ProtocolFamily;
	DWORD RoutingProtocol;
	DWORD Flags;
	DWORD ProcessId;
	char ProcessName[16];
	ULONGLONG Routes;
	ULONGLONG Pending;
	ULONGLONG Delivered;
	ULONGLONG Restarts;
} RTM_CLIENT_INFO, *PRTM_CLIENT_INFO;

/* RTM_PRIORITY.RoutingProtocol: all that have no entry. */
#define RTM_OTHER_PROTOCOLS	0xffffffffU

/* Most entries that a table of priorities has. */
#define RTM_MAX_PRIORITIES	256

/**
 * struct _RTM_PRIORITY - priority of a protocol
 * @RoutingProtocol: id of the protocol, or RTM_OTHER_PROTOCOLS
 * @Priority: lower is better
 */
typedef struct _RTM_PRIORITY {
	DWORD RoutingProtocol;
	DWORD Priority;
} RTM_PRIORITY, *PRTM_PRIORITY;

typedef enum _RTM_LIMIT {
	RtmLimitRoutes,			/* routes of the namespace */
	RtmLimitClientRoutes,		/* routes of a client */
	RtmLimitDestinationRoutes,	/* routes of a destination */
	RtmLimitClients,		/* clients of the namespace */
	RtmLimitUserClients,		/* clients of a user in it */
	RtmLimitFileEnumerations,	/* enumerations of a process */
	RtmLimitUserEnumerations,	/* enumerations of a user */
	RtmLimitWindow,			/* messages kept one by one */
	RtmLimitBacklog			/* messages kept for a client */
} RTM_LIMIT;

/**
 * RtmSetByteOrder - say how this process writes addresses
 * @Order: RTM_ORDER_HOST (so it is without this call) or RTM_ORDER_NETWORK
 *
 * For addresses, network numbers, masks and next hops of IP, and network numbers
 * of IPX. Once a process, before any other function that takes or gives one.
 * IPv6 is in network byte order always.
 *
 * Return: NO_ERROR, ERROR_INVALID_PARAMETER, ERROR_ALREADY_INITIALIZED: too
 * late, the order stays as it was
 */
RTM_API DWORD WINAPI RtmSetByteOrder(DWORD Order);

/**
 * RtmGetEventDescriptor - descriptor of an event, for poll() and epoll
 * @Event: event
 *
 * Readable while the event is signalled. It stays the library's: the caller
 * does nothing but poll it, and not beyond CloseHandle().
 *
 * Return: descriptor, or -1: ERROR_INVALID_HANDLE
 */
RTM_API int WINAPI RtmGetEventDescriptor(HANDLE Event);

/**
 * RtmRegisterWatcher - be told of all changes, own no routes
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @ChangeEvent: as for RtmRegisterClient(). NULL: messages are kept, nothing
 *	is signalled
 * @Sequence: messages begin after this one. May be NULL
 *
 * Needs no privilege, has no protocol, collides with nobody.
 *
 * Return: handle for RtmDequeueRouteChangeMessage() and RtmDeregisterClient(),
 * or NULL: ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
 * ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API HANDLE WINAPI RtmRegisterWatcher(DWORD ProtocolFamily,
					 HANDLE ChangeEvent,
					 ULONGLONG *Sequence);

/**
 * RtmRegisterClientEx - RtmRegisterClient() with the sequence number
 * @ProtocolFamily: as there
 * @RoutingProtocol: as there
 * @ChangeEvent: as there
 * @Flags: as there
 * @Sequence: messages begin after this one. May be NULL
 *
 * Return: as there
 */
RTM_API HANDLE WINAPI RtmRegisterClientEx(DWORD ProtocolFamily,
					  DWORD RoutingProtocol,
					  HANDLE ChangeEvent, DWORD Flags,
					  ULONGLONG *Sequence);

/**
 * RtmAddRouteEx - RtmAddRoute() with the sequence number
 * @ClientHandle: as there
 * @Route: as there
 * @TimeToLive: as there
 * @Flags: as there
 * @CurBestRoute: as there
 * @PrevBestRoute: as there
 * @Sequence: as of which @CurBestRoute is true; with RTM_NO_CHANGE the table's,
 *	which says nothing about the destination: an older message about that may
 *	still wait, and is true. May be NULL
 *
 * Return: as there
 */
RTM_API DWORD WINAPI RtmAddRouteEx(HANDLE ClientHandle, PVOID Route,
				   DWORD TimeToLive, DWORD *Flags,
				   PVOID CurBestRoute, PVOID PrevBestRoute,
				   ULONGLONG *Sequence);

/**
 * RtmDeleteRouteEx - RtmDeleteRoute() with the sequence number
 * @ClientHandle: as there
 * @Route: as there
 * @Flags: as there
 * @CurBestRoute: as there
 * @Sequence: as for RtmAddRouteEx()
 *
 * Return: as there
 */
RTM_API DWORD WINAPI RtmDeleteRouteEx(HANDLE ClientHandle, PVOID Route,
				      DWORD *Flags, PVOID CurBestRoute,
				      ULONGLONG *Sequence);

/**
 * RtmDequeueRouteChangeMessageEx - the same with the sequence number
 * @ClientHandle: as there
 * @Flags: as there; with RTM_MESSAGE_MERGED, @PrevBestRoute is what this
 *	client was last told, or a route that came and went, if there was none
 *	and is none. RTM_QUEUE_RESTARTED with ERROR_NO_SYSTEM_RESOURCES
 *	where that means that messages were lost
 * @CurBestRoute: as there
 * @PrevBestRoute: as there
 * @Sequence: as of which @CurBestRoute is true; with RTM_QUEUE_RESTARTED,
 *	after which messages begin afresh. May be NULL
 *
 * Return: as there
 */
RTM_API DWORD WINAPI RtmDequeueRouteChangeMessageEx(HANDLE ClientHandle,
						    DWORD *Flags,
						    PVOID CurBestRoute,
						    PVOID PrevBestRoute,
						    ULONGLONG *Sequence);

/**
 * RtmCreateEnumerationHandleEx - the same with the sequence number
 * @ProtocolFamily: as there
 * @EnumerationFlags: as there
 * @CriteriaRoute: as there
 * @Sequence: the table's then. May be NULL
 *
 * Return: as there
 */
RTM_API HANDLE WINAPI RtmCreateEnumerationHandleEx(DWORD ProtocolFamily,
						   DWORD EnumerationFlags,
						   PVOID CriteriaRoute,
						   ULONGLONG *Sequence);

/**
 * RtmAddRouteBatch - RtmAddRoute() many
 * @ClientHandle: as there
 * @Count: number of routes
 * @Routes: routes
 * @TimeToLive: as there, of them all
 * @Results: @Count results. NULL: the batch stops at the first route that
 *	cannot be added, and its error is returned
 * @CurBestRoutes: @Count routes, written as @Results say. May be NULL, must
 *	if @Results is
 * @PrevBestRoutes: likewise
 * @Done: number of routes dealt with, set even when the call fails: they have
 *	taken effect or have their error in @Results. May be NULL
 *
 * Return: NO_ERROR: all were dealt with, see @Results; otherwise as there
 */
RTM_API DWORD WINAPI RtmAddRouteBatch(HANDLE ClientHandle, DWORD Count,
				      LPCVOID Routes, DWORD TimeToLive,
				      RTM_RESULT *Results, PVOID CurBestRoutes,
				      PVOID PrevBestRoutes, DWORD *Done);

/**
 * RtmDeleteRouteBatch - RtmDeleteRoute() many
 * @ClientHandle: as there
 * @Count: number of routes
 * @Routes: routes
 * @Results: as for RtmAddRouteBatch()
 * @CurBestRoutes: as for RtmAddRouteBatch()
 * @Done: as for RtmAddRouteBatch()
 *
 * Return: as for RtmAddRouteBatch()
 */
RTM_API DWORD WINAPI RtmDeleteRouteBatch(HANDLE ClientHandle, DWORD Count,
					 LPCVOID Routes, RTM_RESULT *Results,
					 PVOID CurBestRoutes, DWORD *Done);

/**
 * RtmDequeueRouteChangeMessageBatch - take some of the oldest messages
 * @ClientHandle: client with an event, or watcher
 * @Count: most to take, 1 at least
 * @Results: @Count messages
 * @CurBestRoutes: @Count routes, written as @Results say. May be NULL
 * @PrevBestRoutes: likewise
 * @Done: number of messages taken, which may be fewer than @Count even where
 *	more wait
 *
 * Return: NO_ERROR: these were the last ones; ERROR_MORE_MESSAGES: taken, and
 * more wait; ERROR_NO_MESSAGES; ERROR_INVALID_HANDLE;
 * ERROR_NO_SYSTEM_RESOURCES: as RtmDequeueRouteChangeMessageEx() says in
 * @Results[0]
 */
RTM_API DWORD WINAPI RtmDequeueRouteChangeMessageBatch(HANDLE ClientHandle,
						       DWORD Count,
						       RTM_RESULT *Results,
						       PVOID CurBestRoutes,
						       PVOID PrevBestRoutes,
						       DWORD *Done);

/**
 * RtmLookupIPv6Destination - RtmLookupIPDestination() of IPv6
 * @Address: IPv6 address, in network byte order
 * @Route: the route
 *
 * Return: as there
 */
RTM_API BOOL WINAPI RtmLookupIPv6Destination(const BYTE Address[16],
					     PRTM_IPV6_ROUTE Route);

/**
 * RtmLookupRouteBatch - look many destinations up
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @Flags: 0: exact match; RTM_LONGEST_MATCH: N_NetNumber is an address and
 *	N_NetMask the longest mask that may match (all ones: any), of IPv6
 *	N_PrefixLength the longest prefix (128: any)
 * @Count: number of networks
 * @Networks: networks
 * @BestRoutes: @Count routes, written where there is no error. May be NULL
 * @Errors: @Count errors: NO_ERROR, ERROR_NO_SUCH_ROUTE, or
 *	ERROR_INVALID_PARAMETER of a bad network
 *
 * Return: NO_ERROR: all were looked up, see @Errors;
 * ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API DWORD WINAPI RtmLookupRouteBatch(DWORD ProtocolFamily, DWORD Flags,
					 DWORD Count, LPCVOID Networks,
					 PVOID BestRoutes, DWORD *Errors);

/**
 * RtmEnumerateGetNextRouteBatch - next routes of an enumeration
 * @EnumerationHandle: enumeration
 * @Count: most to take, 1 at least
 * @Routes: @Count routes
 * @Infos: @Count times what goes with them. May be NULL
 * @Done: number taken, which may be fewer than @Count even where more follow
 * @Sequence: the table's when the call ended; if this is what
 *	RtmCreateEnumerationHandleEx() said, no best route has changed since.
 *	May be NULL
 *
 * Return: NO_ERROR, ERROR_NO_MORE_ROUTES (none taken), ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API DWORD WINAPI RtmEnumerateGetNextRouteBatch(HANDLE EnumerationHandle,
						   DWORD Count, PVOID Routes,
						   RTM_ROUTE_INFO *Infos,
						   DWORD *Done,
						   ULONGLONG *Sequence);

/**
 * RtmGetFirstRouteBatch - first routes in the order of the table
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @EnumerationFlags: RTM_ONLY_*, or'ed
 * @CriteriaRoute: read as far as the flags say; NULL if that is nothing
 * @Count: most to take, 1 at least
 * @Routes: @Count routes
 * @Infos: @Count times what goes with them. May be NULL
 * @Done: number taken, which may be fewer than @Count even where more follow
 *
 * Return: NO_ERROR, ERROR_NO_ROUTES (none taken), ERROR_INVALID_PARAMETER,
 * ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API DWORD WINAPI RtmGetFirstRouteBatch(DWORD ProtocolFamily,
					   DWORD EnumerationFlags,
					   LPCVOID CriteriaRoute, DWORD Count,
					   PVOID Routes, RTM_ROUTE_INFO *Infos,
					   DWORD *Done);

/**
 * RtmGetNextRouteBatch - next routes in the order of the table
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @EnumerationFlags: RTM_ONLY_*, or'ed; compared with @Position
 * @Position: the routes after this one, of best routes those of destinations
 *	after its own; go on with the last one taken
 * @Count: most to take, 1 at least
 * @Routes: @Count routes
 * @Infos: @Count times what goes with them. May be NULL
 * @Done: number taken, which may be fewer than @Count even where more follow
 *
 * Return: as RtmGetFirstRouteBatch()
 */
RTM_API DWORD WINAPI RtmGetNextRouteBatch(DWORD ProtocolFamily,
					  DWORD EnumerationFlags,
					  LPCVOID Position, DWORD Count,
					  PVOID Routes, RTM_ROUTE_INFO *Infos,
					  DWORD *Done);

/**
 * RtmGetStatistics - figures of a table
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @Statistics: the figures
 *
 * Return: NO_ERROR, ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmGetStatistics(DWORD ProtocolFamily,
				      RTM_STATISTICS *Statistics);

/**
 * RtmGetClients - clients and watchers of the network namespace
 * @Cursor: in and out: where to go on. 0 at first
 * @Count: most to take, 1 at least
 * @Clients: @Count clients
 * @Done: number taken
 *
 * Of all families and all processes.
 *
 * Return: NO_ERROR, ERROR_NO_MORE_ITEMS (none taken), ERROR_INVALID_PARAMETER,
 * ERROR_NO_SYSTEM_RESOURCES, ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API DWORD WINAPI RtmGetClients(DWORD *Cursor, DWORD Count,
				   RTM_CLIENT_INFO *Clients, DWORD *Done);

/**
 * RtmGetPriorities - table of priorities
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @Count: most to take, 0 to RTM_MAX_PRIORITIES
 * @Priorities: @Count entries, in the order of protocols, RTM_OTHER_PROTOCOLS
 *	last
 * @Total: number of entries that there are
 *
 * Return: NO_ERROR, ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmGetPriorities(DWORD ProtocolFamily, DWORD Count,
				      RTM_PRIORITY *Priorities, DWORD *Total);

/**
 * RtmSetPriorities - change entries of the table of priorities
 * @ProtocolFamily: RTM_PROTOCOL_FAMILY_*
 * @Count: number of entries, 1 to RTM_MAX_PRIORITIES
 * @Priorities: entries; other protocols keep theirs
 *
 * All or none. Elects the best routes anew, tells everybody, and blocks until
 * that is done.
 *
 * Return: NO_ERROR, ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER,
 * ERROR_NO_SYSTEM_RESOURCES (also: there would be more than RTM_MAX_PRIORITIES
 * entries), ERROR_NOT_ENOUGH_MEMORY
 */
RTM_API DWORD WINAPI RtmSetPriorities(DWORD ProtocolFamily, DWORD Count,
				      const RTM_PRIORITY *Priorities);

/**
 * RtmGetLimit - a limit and its use
 * @Limit: which
 * @ClientHandle: of RtmLimitBacklog, the client whose own it is; otherwise,
 *	and for the default, NULL
 * @Value: the limit. May be NULL
 * @Used: how much of it is used, 0 where there is no one answer. May be NULL
 *
 * Return: NO_ERROR, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
 * ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmGetLimit(RTM_LIMIT Limit, HANDLE ClientHandle,
				 ULONGLONG *Value, ULONGLONG *Used);

/**
 * RtmSetLimit - change a limit
 * @Limit: which
 * @ClientHandle: as for RtmGetLimit()
 * @Value: the limit; the window and a backlog are 1 at the least
 *
 * What exceeds a lowered limit stays, but for messages: a client with more than
 * its backlog allows has lost them, and is told so. To raise one takes
 * CAP_NET_ADMIN in the initial user namespace. A client's own takes
 * CAP_NET_ADMIN from the time on that its event (or, without, the library) was
 * first used for a client.
 *
 * Return: NO_ERROR, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES
 */
RTM_API DWORD WINAPI RtmSetLimit(RTM_LIMIT Limit, HANDLE ClientHandle,
				 ULONGLONG Value);

#ifdef __cplusplus
}
#endif

#endif /* _LIBRTM_RTM_H */
