// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sizes, offsets, values and what the macros say, as lines of the assembly
 * that this is compiled to: for our header, and for the one of mingw-w64 by a
 * compiler for Windows.
 */
#ifdef WINDOWS
#define MPR50 1
#include <windows.h>
#include <rtm.h>
#include <routprot.h>
#include <ipxrtdef.h>
#else
#include "rtm.h"
#endif

#define SHOW(name, value)						\
	__asm__ volatile("\n.ascii \"@@ " name " %c0\"" : : "i"((int)(value)))
#define VALUE(symbol)	SHOW(#symbol, (DWORD)(symbol))
#define SIZE(type)	SHOW("sizeof " #type, sizeof(type))
#define MEMBER(type, member)						\
	SHOW(#type "." #member " at", __builtin_offsetof(type, member)); \
	SHOW(#type "." #member " size", sizeof(((type *)0)->member))

#define HEADER(type)							\
	SIZE(type);							\
	MEMBER(type, RR_TimeStamp);					\
	MEMBER(type, RR_TimeStampAlign);				\
	MEMBER(type, RR_TimeStamp.dwLowDateTime);			\
	MEMBER(type, RR_TimeStamp.dwHighDateTime);			\
	MEMBER(type, RR_RoutingProtocol);				\
	MEMBER(type, RR_InterfaceID);					\
	MEMBER(type, RR_ProtocolSpecificData);				\
	MEMBER(type, RR_ProtocolSpecificDataAlign);			\
	MEMBER(type, RR_Network);					\
	MEMBER(type, RR_NetworkAlign);					\
	MEMBER(type, RR_NextHopAddress);				\
	MEMBER(type, RR_NextHopAddressAlign);				\
	MEMBER(type, RR_FamilySpecificData);				\
	MEMBER(type, RR_FamilySpecificDataAlign)

void layout(void);
void layout(void)
{
	SIZE(FILETIME);
	SIZE(DWORD);
	SIZE(ULONG);
	SIZE(USHORT);
	SIZE(BYTE);
	SIZE(BOOL);
	SHOW("sizeof HANDLE is that of a pointer",
	     sizeof(HANDLE) == sizeof(void *));
	SIZE(IP_NETWORK);
	SIZE(PROTOCOL_SPECIFIC_DATA);
	SIZE(IPX_NETWORK);
	MEMBER(IPX_NETWORK, N_NetNumber);
	MEMBER(IP_NETWORK, N_NetNumber);
	MEMBER(IP_NETWORK, N_NetMask);
	SIZE(IP_NEXT_HOP_ADDRESS);
	MEMBER(IP_NEXT_HOP_ADDRESS, N_NetNumber);
	MEMBER(IP_NEXT_HOP_ADDRESS, N_NetMask);
	SIZE(IPX_NEXT_HOP_ADDRESS);
	MEMBER(IPX_NEXT_HOP_ADDRESS, NHA_Mac);
	SIZE(IPX_SPECIFIC_DATA);
	MEMBER(IPX_SPECIFIC_DATA, FSD_Flags);
	MEMBER(IPX_SPECIFIC_DATA, FSD_TickCount);
	MEMBER(IPX_SPECIFIC_DATA, FSD_HopCount);
	SIZE(IP_SPECIFIC_DATA);
	MEMBER(IP_SPECIFIC_DATA, FSD_Type);
	MEMBER(IP_SPECIFIC_DATA, FSD_Policy);
	MEMBER(IP_SPECIFIC_DATA, FSD_NextHopAS);
	MEMBER(IP_SPECIFIC_DATA, FSD_Priority);
	MEMBER(IP_SPECIFIC_DATA, FSD_Metric);
	MEMBER(IP_SPECIFIC_DATA, FSD_Metric1);
	MEMBER(IP_SPECIFIC_DATA, FSD_Metric2);
	MEMBER(IP_SPECIFIC_DATA, FSD_Metric3);
	MEMBER(IP_SPECIFIC_DATA, FSD_Metric4);
	MEMBER(IP_SPECIFIC_DATA, FSD_Metric5);
	MEMBER(IP_SPECIFIC_DATA, FSD_Flags);
	MEMBER(PROTOCOL_SPECIFIC_DATA, PSD_Data);
	HEADER(RTM_IP_ROUTE);
	HEADER(RTM_IPX_ROUTE);
}

void values(void);
void values(void)
{
	VALUE(RTM_PROTOCOL_FAMILY_IPX);
	VALUE(RTM_PROTOCOL_FAMILY_IP);
	VALUE(RTM_CURRENT_BEST_ROUTE);
	VALUE(RTM_PREVIOUS_BEST_ROUTE);
	VALUE(RTM_NO_CHANGE);
	VALUE(RTM_ROUTE_ADDED);
	VALUE(RTM_ROUTE_DELETED);
	VALUE(RTM_ROUTE_CHANGED);
	VALUE(RTM_ONLY_THIS_NETWORK);
	VALUE(RTM_ONLY_THIS_INTERFACE);
	VALUE(RTM_ONLY_THIS_PROTOCOL);
	VALUE(RTM_ONLY_BEST_ROUTES);
	VALUE(RTM_PROTOCOL_SINGLE_ROUTE);
	VALUE(IP_VALID_ROUTE);
	VALUE(IPX_GLOBAL_CLIENT_WAN_ROUTE);
	VALUE(NO_ERROR);
	VALUE(ERROR_SUCCESS);
	VALUE(ERROR_ACCESS_DENIED);
	VALUE(ERROR_INVALID_HANDLE);
	VALUE(ERROR_NOT_ENOUGH_MEMORY);
	VALUE(ERROR_INVALID_PARAMETER);
	VALUE(ERROR_ALREADY_EXISTS);
	VALUE(ERROR_MORE_DATA);
	VALUE(ERROR_NO_MORE_ITEMS);
	VALUE(ERROR_ALREADY_INITIALIZED);
	VALUE(ERROR_NO_SYSTEM_RESOURCES);
	VALUE(ERROR_CLIENT_ALREADY_EXISTS);
	VALUE(ERROR_MORE_MESSAGES);
	VALUE(ERROR_NO_MESSAGES);
	VALUE(ERROR_NO_ROUTES);
	VALUE(ERROR_NO_MORE_ROUTES);
	VALUE(ERROR_NO_SUCH_ROUTE);
	VALUE(INFINITE);
	VALUE(WAIT_OBJECT_0);
	VALUE(WAIT_TIMEOUT);
	VALUE(WAIT_FAILED);
	VALUE(MAXIMUM_WAIT_OBJECTS);
	VALUE(TRUE);
	VALUE(FALSE);
	SHOW("INVALID_HANDLE_VALUE", (size_t)INVALID_HANDLE_VALUE);
	VALUE(PROTO_IP_OTHER);
	VALUE(PROTO_IP_LOCAL);
	VALUE(PROTO_IP_NETMGMT);
	VALUE(PROTO_IP_ICMP);
	VALUE(PROTO_IP_EGP);
	VALUE(PROTO_IP_GGP);
	VALUE(PROTO_IP_HELLO);
	VALUE(PROTO_IP_RIP);
	VALUE(PROTO_IP_IS_IS);
	VALUE(PROTO_IP_ES_IS);
	VALUE(PROTO_IP_CISCO);
	VALUE(PROTO_IP_BBN);
	VALUE(PROTO_IP_OSPF);
	VALUE(PROTO_IP_BGP);
	VALUE(PROTO_IP_NT_AUTOSTATIC);
	VALUE(PROTO_IP_NT_STATIC);
	VALUE(PROTO_IP_NT_STATIC_NON_DOD);
	VALUE(IPX_PROTOCOL_LOCAL);
	VALUE(IPX_PROTOCOL_STATIC);
	VALUE(IPX_PROTOCOL_BASE);
	VALUE(IPX_PROTOCOL_RIP);
	VALUE(IPX_PROTOCOL_SAP);
	VALUE(IPX_PROTOCOL_NLSP);
}

/*
 * Network byte order, which is what the macros of Windows are right for. The
 * numbers below are what Windows' machines make of it.
 */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define NUMBER(a)	__builtin_bswap32(a)
#else
#define NUMBER(a)	(a)
#endif

#define MACRO(macro, net, hop, flags)					\
	do {								\
		RTM_IP_ROUTE route = { 0 };				\
		route.RR_Network.N_NetNumber = NUMBER(net);		\
		route.RR_NextHopAddress.N_NetNumber = NUMBER(hop);	\
		route.RR_FamilySpecificData.FSD_Flags = (flags);	\
		SHOW(#macro " " #net " " #hop " " #flags,		\
		     macro(&route) ? 1 : 0);					\
	} while (0)
#define MACROS(net, hop)						\
	do {								\
		MACRO(IsRouteNonUnicast, net, hop, 0);			\
		MACRO(IsRouteLoopback, net, hop, 0);			\
	} while (0)
#define FLAGS(macro, flags)						\
	do {								\
		RTM_IP_ROUTE route = { 0 };				\
		route.RR_FamilySpecificData.FSD_Flags = (flags);	\
		macro(&route);						\
		SHOW(#macro " " #flags,					\
		     route.RR_FamilySpecificData.FSD_Flags);		\
	} while (0)

void macros(void);
void macros(void)
{
	MACROS(0x0000000a, 0x0100000a);
	MACROS(0x000000df, 0);
	MACROS(0x000000e0, 0);
	MACROS(0x000000ef, 0);
	MACROS(0x000000ff, 0);
	MACROS(0xe000000a, 0xe0000000);
	MACROS(0x0000007f, 0);
	MACROS(0x0000007e, 0);
	MACROS(0x7f000080, 0x7f000000);
	MACROS(0x0000000a, 0x0100007f);
	MACROS(0x0000000a, 0x0200007f);
	MACRO(IsRouteValid, 0, 0, 0);
	MACRO(IsRouteValid, 0, 0, 1);
	MACRO(IsRouteValid, 0, 0, 2);
	MACRO(IsRouteValid, 0, 0, 0xffffffff);
	FLAGS(SetRouteValid, 0);
	FLAGS(SetRouteValid, 0x10);
	FLAGS(ClearRouteValid, 0x11);
	FLAGS(ClearRouteValid, 0xffffffff);
	FLAGS(ClearRouteFlags, 0xffffffff);
}
