// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Time stamps and ages: FILETIME outside, boot time inside, and no step of
 * the clock between them.
 */
#include "rtm_api_test.h"

#define TICKS	10000000ULL	/* of a FILETIME in a second */
#define EPOCH	11644473600ULL	/* 1601 to 1970, in seconds */

FIXTURE(age)
{
	HANDLE client;
	struct timespec real;	/* at the beginning, to be restored */
	struct timespec mono;
};

FIXTURE_VARIANT(age)
{
	DWORD family;
};

FIXTURE_VARIANT_ADD(age, ip)
{
	.family = IP,
};

FIXTURE_VARIANT_ADD(age, ipv6)
{
	.family = IPV6,
};

FIXTURE_VARIANT_ADD(age, ipx)
{
	.family = IPX,
};

FIXTURE_SETUP(age)
{
	FRESH_TABLE();
	clock_gettime(CLOCK_REALTIME, &self->real);
	clock_gettime(CLOCK_MONOTONIC, &self->mono);
	self->client = RtmRegisterClient(variant->family, PROTO_A, NULL, 0);
	ASSERT_NE(0, H(self->client));
}

/* The clock as it would be, had nobody touched it, and @seconds more. */
static int step(FIXTURE_DATA(age) *self, long seconds)
{
	struct timespec now, t = self->real;

	clock_gettime(CLOCK_MONOTONIC, &now);
	t.tv_sec += now.tv_sec - self->mono.tv_sec + seconds;
	t.tv_nsec += now.tv_nsec - self->mono.tv_nsec;
	if (t.tv_nsec < 0) {
		t.tv_nsec += 1000000000;
		t.tv_sec--;
	} else if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return clock_settime(CLOCK_REALTIME, &t);
}

/* In the parent: whatever becomes of the test, the clock is right again. */
FIXTURE_TEARDOWN_PARENT(age)
{
	EXPECT_EQ(0, step(self, 0));
}

/* The one route, as it is in the table after it was added or updated. */
static union route added(FIXTURE_DATA(age) *self, DWORD family)
{
	union route out = make_route(family, 1, 1, 1, 1);

	if (add(self->client, out).error ||
	    !RtmIsRoute(family, &out.ip.RR_Network, &out))
		memset(&out, 0, sizeof(out));
	return out;
}

static unsigned long long stamp_of(const union route *r)
{
	return (unsigned long long)r->ip.RR_TimeStamp.dwHighDateTime << 32 |
	       r->ip.RR_TimeStamp.dwLowDateTime;
}

static union route stamped(union route r, unsigned long long stamp)
{
	r.ip.RR_TimeStamp.dwHighDateTime = stamp >> 32;
	r.ip.RR_TimeStamp.dwLowDateTime = stamp;
	return r;
}

TEST_F(age, the_stamp_is_now_in_100_ns_since_1601)
{
	unsigned long long before, after, stamp;
	union route r;

	before = now_ms(CLOCK_REALTIME) / 1000;
	r = added(self, variant->family);
	after = now_ms(CLOCK_REALTIME) / 1000;
	stamp = stamp_of(&r) / TICKS - EPOCH;
	ASSERT_LE(before - 1, stamp);
	ASSERT_GE(after + 1, stamp);
}

TEST_F(age, counts_seconds_since_the_last_update)
{
	DWORD family = variant->family;
	long long begin = now_ms(CLOCK_BOOTTIME), end;
	union route old = added(self, family), route, out;
	ULONG age;

	age = RtmGetRouteAge(&old);
	end = now_ms(CLOCK_BOOTTIME);
	ASSERT_GE((end - begin) / 1000 + 1, age);
	poll(NULL, 0, 1100);
	age = RtmGetRouteAge(&old);
	end = now_ms(CLOCK_BOOTTIME);
	ASSERT_LE(1, age);
	ASSERT_GE((end - begin) / 1000 + 1, age);

	/* An update that tells nobody begins anew all the same. */
	route = make_route(family, 1, 1, 1, 1);
	ASSERT_EQ(RTM_NO_CHANGE, add(self->client, route).flags);
	ASSERT_EQ(NO_ERROR, RtmGetFirstRoute(family, 0, &out));
	ASSERT_LT(stamp_of(&old) + TICKS, stamp_of(&out));
	/* Asked in this order, for time goes by. */
	age = RtmGetRouteAge(&out);
	ASSERT_LT(age, RtmGetRouteAge(&old));
}

TEST_F(age, steps_of_the_clock_change_no_age)
{
	static const long seconds[] = { 3600, -86400, 400 * 86400L, -1 };
	union route r, out;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		r = added(self, variant->family);
		ASSERT_EQ(0, step(self, seconds[i]));
		ASSERT_GE(SOON / 1000, RtmGetRouteAge(&r));
		/* Read anew, it bears the same stamp. */
		ASSERT_EQ(NO_ERROR, RtmGetFirstRoute(variant->family, 0,
						     &out));
		ASSERT_EQ(stamp_of(&r), stamp_of(&out));
		/* And so does one added after the step, in the same scale. */
		out = added(self, variant->family);
		ASSERT_GE(SOON / 1000, RtmGetRouteAge(&out));
		ASSERT_LE(stamp_of(&r), stamp_of(&out));
		ASSERT_GE(SOON / 1000 * TICKS, stamp_of(&out) - stamp_of(&r));
	}
}

TEST_F(age, a_forked_child_has_the_clock_as_it_is_by_then)
{
	DWORD family = variant->family;
	long long begin = now_ms(CLOCK_BOOTTIME), end;
	union route r = added(self, family);
	ULONG age = RtmGetRouteAge(&r);
	pid_t pid;

	end = now_ms(CLOCK_BOOTTIME);
	ASSERT_GE((end - begin) / 1000 + 1, age);
	ASSERT_EQ(0, step(self, 86400));
	pid = fork_for_a_while();
	ASSERT_NE(-1, pid);
	if (!pid) {
		unsigned long long before, after, stamp;

		self->client = RtmRegisterClient(family, PROTO_B, NULL, 0);
		before = now_ms(CLOCK_REALTIME) / 1000;
		r = add(self->client, make_route(family, 2, 1, 1, 1)).cur;
		after = now_ms(CLOCK_REALTIME) / 1000;
		stamp = stamp_of(&r) / TICKS - EPOCH;
		EXPECT_LE(before - 1, stamp);
		EXPECT_GE(after + 1, stamp);
		EXPECT_GE(SOON / 1000, RtmGetRouteAge(&r));
		_exit(0);
	}
	ASSERT_EQ(0, reap(pid));
	/* The parent keeps what it has. */
	ASSERT_GE(SOON / 1000, RtmGetRouteAge(&r));
}

TEST_F(age, impossible_stamps_are_refused)
{
	union route r = added(self, variant->family), bad;
	unsigned long long stamp = stamp_of(&r);
	unsigned long long up = now_ms(CLOCK_BOOTTIME) / 1000;
	const unsigned long long impossible[] = {
		0, 1, ~0ULL, 1ULL << 63, stamp + 30 * TICKS,
		stamp - (up + 30) * TICKS, EPOCH * TICKS,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(impossible); i++) {
		bad = stamped(r, impossible[i]);
		SetLastError(0);
		ASSERT_EQ(INFINITE, RtmGetRouteAge(&bad))
			TH_LOG("stamp %u", i);
		ASSERT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	}
	SetLastError(0);
	ASSERT_EQ(INFINITE, RtmGetRouteAge(NULL));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	bad = stamped(r, stamp - 2 * TICKS);
	ASSERT_LE(2, RtmGetRouteAge(&bad));
	ASSERT_GE(2 + SOON / 1000, RtmGetRouteAge(&bad));
}

TEST_HARNESS_MAIN
