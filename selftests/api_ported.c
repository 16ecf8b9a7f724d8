// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A distance-vector protocol as it would be ported from Windows: the first
 * part of this file uses no name but those of the published API. Two
 * instances of it learn each other's networks through the table.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "rtm.h"
#include <string.h>

#define RIP_INFINITY		16
#define RIP_ROUTE_LIFETIME	180
#define RIP_UPDATE_INTERVAL	1000
#define RIP_MAX_NETWORKS	64

typedef struct _RIP_INSTANCE {
	DWORD	Protocol;
	DWORD	Neighbour;		/* whose routes are learned */
	DWORD	InterfaceID;
	DWORD	Address;
	DWORD	FirstNetwork;		/* directly connected */
	DWORD	NetworkCount;
	DWORD	Metric;
	HANDLE	StopEvent;
	HANDLE	MetricEvent;		/* Metric was changed */
	HANDLE	ChangeEvent;
	HANDLE	Client;
	DWORD	LearnedCount;
	IP_NETWORK Learned[RIP_MAX_NETWORKS];
} RIP_INSTANCE, *PRIP_INSTANCE;

static VOID RipProcessChange(PRIP_INSTANCE Rip, DWORD Flags,
			     PRTM_IP_ROUTE Cur, PRTM_IP_ROUTE Prev);

static DWORD RipAdvertise(PRIP_INSTANCE Rip, DWORD Network, DWORD Mask,
			  DWORD Metric, DWORD Origin)
{
	RTM_IP_ROUTE Route, Cur, Prev;
	DWORD Flags, Error;

	memset(&Route, 0, sizeof(Route));
	Route.RR_InterfaceID = Rip->InterfaceID;
	Route.RR_ProtocolSpecificData.PSD_Data[0] = Origin;
	Route.RR_Network.N_NetNumber = Network;
	Route.RR_Network.N_NetMask = Mask;
	Route.RR_NextHopAddress.N_NetNumber = Rip->Address;
	Route.RR_NextHopAddress.N_NetMask = 0xffffffff;
	Route.RR_FamilySpecificData.FSD_Type = 4;
	Route.RR_FamilySpecificData.FSD_Metric = Metric;
	ClearRouteFlags(&Route);
	SetRouteValid(&Route);
	Error = RtmAddRoute(Rip->Client, &Route, RIP_ROUTE_LIFETIME, &Flags,
			    &Cur, &Prev);
	if (Error == NO_ERROR && Flags != RTM_NO_CHANGE)
		RipProcessChange(Rip, Flags, &Cur, &Prev);
	return Error;
}

static VOID RipLearn(PRIP_INSTANCE Rip, PRTM_IP_ROUTE Route)
{
	DWORD Metric = Route->RR_FamilySpecificData.FSD_Metric + 1;
	DWORD i;

	if (Metric >= RIP_INFINITY)
		return;
	for (i = 0; i < Rip->LearnedCount; i++)
		if (Rip->Learned[i].N_NetNumber ==
		    Route->RR_Network.N_NetNumber)
			break;
	if (i == RIP_MAX_NETWORKS)
		return;
	if (i == Rip->LearnedCount)
		Rip->Learned[Rip->LearnedCount++] = Route->RR_Network;
	RipAdvertise(Rip, Route->RR_Network.N_NetNumber,
		     Route->RR_Network.N_NetMask, Metric,
		     Route->RR_ProtocolSpecificData.PSD_Data[0]);
}

static VOID RipForget(PRIP_INSTANCE Rip, IP_NETWORK Network)
{
	RTM_IP_ROUTE Route, Cur;
	DWORD Flags, i;

	for (i = 0; i < Rip->LearnedCount; i++)
		if (Rip->Learned[i].N_NetNumber == Network.N_NetNumber)
			break;
	if (i == Rip->LearnedCount)
		return;
	Rip->Learned[i] = Rip->Learned[--Rip->LearnedCount];
	memset(&Route, 0, sizeof(Route));
	Route.RR_InterfaceID = Rip->InterfaceID;
	Route.RR_Network = Network;
	Route.RR_NextHopAddress.N_NetNumber = Rip->Address;
	if (RtmDeleteRoute(Rip->Client, &Route, &Flags, &Cur) == NO_ERROR &&
	    Flags == RTM_ROUTE_CHANGED)
		RipProcessChange(Rip, Flags, &Cur, NULL);
}

/* What was learned is kept as long as the neighbour's route is the best. */
static VOID RipProcessChange(PRIP_INSTANCE Rip, DWORD Flags,
			     PRTM_IP_ROUTE Cur, PRTM_IP_ROUTE Prev)
{
	if (Flags == RTM_ROUTE_DELETED) {
		RipForget(Rip, Prev->RR_Network);
		return;
	}
	if (Cur->RR_RoutingProtocol == Rip->Protocol) {
		if (Cur->RR_ProtocolSpecificData.PSD_Data[0] != Rip->Protocol &&
		    Prev && Prev->RR_RoutingProtocol == Rip->Neighbour)
			RipForget(Rip, Cur->RR_Network);
		return;
	}
	if (Cur->RR_RoutingProtocol == Rip->Neighbour && IsRouteValid(Cur) &&
	    Cur->RR_ProtocolSpecificData.PSD_Data[0] != Rip->Protocol)
		RipLearn(Rip, Cur);
}

static DWORD RipUpdate(PRIP_INSTANCE Rip)
{
	DWORD i, Error = NO_ERROR;

	for (i = 0; i < Rip->NetworkCount && Error == NO_ERROR; i++)
		Error = RipAdvertise(Rip, Rip->FirstNetwork + (i << 8),
				     0xffffff00, Rip->Metric, Rip->Protocol);
	return Error;
}

/* What was there before messages began. */
static DWORD RipLearnAll(PRIP_INSTANCE Rip)
{
	RTM_IP_ROUTE Route;
	HANDLE Enumeration;
	DWORD Error;

	Route.RR_RoutingProtocol = Rip->Neighbour;
	Enumeration = RtmCreateEnumerationHandle(RTM_PROTOCOL_FAMILY_IP,
						 RTM_ONLY_BEST_ROUTES |
						 RTM_ONLY_THIS_PROTOCOL,
						 &Route);
	if (!Enumeration)
		return GetLastError() == ERROR_NO_ROUTES ? NO_ERROR :
							   GetLastError();
	while ((Error = RtmEnumerateGetNextRoute(Enumeration, &Route)) ==
	       NO_ERROR)
		RipProcessChange(Rip, RTM_ROUTE_ADDED, &Route, NULL);
	if (Error == ERROR_NO_MORE_ROUTES)
		Error = RtmCloseEnumerationHandle(Enumeration);
	return Error;
}

static DWORD RipProcessMessages(PRIP_INSTANCE Rip)
{
	RTM_IP_ROUTE Cur, Prev;
	DWORD Flags, Error;

	do {
		Error = RtmDequeueRouteChangeMessage(Rip->Client, &Flags, &Cur,
						     &Prev);
		if (Error == NO_ERROR || Error == ERROR_MORE_MESSAGES)
			RipProcessChange(Rip, Flags, &Cur, &Prev);
	} while (Error == ERROR_MORE_MESSAGES);
	return Error == ERROR_NO_MESSAGES ? NO_ERROR : Error;
}

static DWORD RipMain(PRIP_INSTANCE Rip)
{
	HANDLE Events[3];
	DWORD Error;

	Rip->ChangeEvent = CreateEvent(NULL, FALSE, FALSE, NULL);
	if (!Rip->ChangeEvent)
		return GetLastError();
	Rip->Client = RtmRegisterClient(RTM_PROTOCOL_FAMILY_IP, Rip->Protocol,
					Rip->ChangeEvent,
					RTM_PROTOCOL_SINGLE_ROUTE);
	if (!Rip->Client)
		return GetLastError();
	Error = RipUpdate(Rip);
	if (Error == NO_ERROR)
		Error = RipLearnAll(Rip);

	Events[0] = Rip->StopEvent;
	Events[1] = Rip->MetricEvent;
	Events[2] = Rip->ChangeEvent;
	while (Error == NO_ERROR) {
		switch (WaitForMultipleObjects(3, Events, FALSE,
					       RIP_UPDATE_INTERVAL)) {
		case WAIT_OBJECT_0:
			Error = RtmDeregisterClient(Rip->Client);
			if (!CloseHandle(Rip->ChangeEvent))
				Error = GetLastError();
			return Error;
		case WAIT_OBJECT_0 + 1:
		case WAIT_TIMEOUT:
			Error = RipUpdate(Rip);
			break;
		case WAIT_OBJECT_0 + 2:
			Error = RipProcessMessages(Rip);
			break;
		default:
			Error = GetLastError();
		}
	}
	return Error;
}

/* From here on it is a test. */
#include "rtm_api_test.h"
#include <pthread.h>

#define NETWORKS	20

FIXTURE(ported)
{
	RIP_INSTANCE rip[2];
	pthread_t thread[2];
	pid_t pid[2];
};

FIXTURE_SETUP(ported)
{
	int i;

	FRESH_TABLE();
	for (i = 0; i < 2; i++)
		self->rip[i] = (RIP_INSTANCE) {
			.Protocol = PROTO_A + i,
			.Neighbour = PROTO_B - i,
			.InterfaceID = 1 + i,
			.Address = 0xc0a80001 + i,
			.FirstNetwork = 0x0a000000 + (i << 16),
			.NetworkCount = NETWORKS,
			.Metric = 1,
		};
}

FIXTURE_TEARDOWN(ported)
{
}

/*
 * The route of instance @i to network @n of instance @of, or NULL. What is not
 * best makes no message, so an observer can only look again.
 */
static bool has(struct __test_metadata *_metadata, RIP_INSTANCE *rip, int i,
		int of, unsigned int n, DWORD metric)
{
	RTM_IP_ROUTE route = {
		.RR_RoutingProtocol = rip[i].Protocol,
		.RR_InterfaceID = rip[i].InterfaceID,
		.RR_Network = { rip[of].FirstNetwork + (n << 8), 0xffffff00 },
	};
	DWORD error = RtmGetSpecificRoute(IP, &route);

	if (error != NO_ERROR) {
		EXPECT_EQ(ERROR_NO_ROUTES, error);
		return !metric;
	}
	return route.RR_FamilySpecificData.FSD_Metric == metric &&
	       route.RR_ProtocolSpecificData.PSD_Data[0] == rip[of].Protocol;
}

/* The metrics that instances 0 and 1 come to have for the networks of @of. */
static bool converges(struct __test_metadata *_metadata, RIP_INSTANCE *rip,
		      int of, DWORD metric0, DWORD metric1)
{
	long long end = now_ms(CLOCK_MONOTONIC) + SOON;
	unsigned int n = 0;

	while (n < NETWORKS && now_ms(CLOCK_MONOTONIC) < end) {
		if (has(_metadata, rip, 0, of, n, metric0) &&
		    has(_metadata, rip, 1, of, n, metric1)) {
			n++;
			continue;
		}
		n = 0;
		poll(NULL, 0, 10);
	}
	if (n < NETWORKS)
		TH_LOG("networks of %d: not %u, %u", of, metric0, metric1);
	return n == NETWORKS;
}

static void *run(void *rip)
{
	return (void *)(uintptr_t)RipMain(rip);
}

TEST_F(ported, two_threads_converge_follow_a_metric_and_withdraw)
{
	RIP_INSTANCE *rip = self->rip;
	void *error;
	int i;

	for (i = 0; i < 2; i++) {
		rip[i].StopEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
		rip[i].MetricEvent = CreateEvent(NULL, FALSE, FALSE, NULL);
		ASSERT_NE(0, H(rip[i].StopEvent));
		ASSERT_NE(0, H(rip[i].MetricEvent));
		ASSERT_EQ(0, pthread_create(&self->thread[i], NULL, run,
					    &rip[i]));
	}
	ASSERT_TRUE(converges(_metadata, rip, 0, 1, 2));
	ASSERT_TRUE(converges(_metadata, rip, 1, 2, 1));
	ASSERT_EQ(2 * NETWORKS, RtmGetNetworkCount(IP));
	ASSERT_EQ(4 * NETWORKS, count_routes(IP));

	rip[0].Metric = 5;
	ASSERT_TRUE(SetEvent(rip[0].MetricEvent));
	ASSERT_TRUE(converges(_metadata, rip, 0, 5, 6));
	ASSERT_TRUE(converges(_metadata, rip, 1, 2, 1));

	rip[0].Metric = 15;
	ASSERT_TRUE(SetEvent(rip[0].MetricEvent));
	ASSERT_TRUE(converges(_metadata, rip, 0, 15, 0));

	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(SetEvent(rip[i].StopEvent));
		ASSERT_EQ(0, pthread_join(self->thread[i], &error));
		ASSERT_EQ(NO_ERROR, (uintptr_t)error);
		if (i)
			break;
		ASSERT_TRUE(converges(_metadata, rip, 0, 0, 0));
		ASSERT_TRUE(converges(_metadata, rip, 1, 0, 1));
	}
	ASSERT_EQ(0, count_routes(IP));
	ASSERT_EQ(0, RtmGetNetworkCount(IP));
}

TEST_F(ported, two_processes_converge_and_outlive_a_kill)
{
	RIP_INSTANCE *rip = self->rip;
	int i;

	for (i = 0; i < 2; i++) {
		self->pid[i] = fork_for_a_while();
		ASSERT_NE(-1, self->pid[i]);
		if (self->pid[i])
			continue;
		rip[i].StopEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
		rip[i].MetricEvent = CreateEvent(NULL, FALSE, FALSE, NULL);
		_exit(RipMain(&rip[i]));
	}
	ASSERT_TRUE(converges(_metadata, rip, 0, 1, 2));
	ASSERT_TRUE(converges(_metadata, rip, 1, 2, 1));

	ASSERT_EQ(0, kill(self->pid[0], SIGKILL));
	ASSERT_EQ(256 + SIGKILL, reap(self->pid[0]));
	ASSERT_TRUE(converges(_metadata, rip, 0, 0, 0));
	ASSERT_TRUE(converges(_metadata, rip, 1, 0, 1));
	ASSERT_EQ(NETWORKS, count_routes(IP));

	ASSERT_EQ(0, kill(self->pid[1], SIGKILL));
	ASSERT_EQ(256 + SIGKILL, reap(self->pid[1]));
	ASSERT_TRUE(converges(_metadata, rip, 1, 0, 0));
	ASSERT_EQ(0, count_routes(IP));
}

TEST_HARNESS_MAIN
