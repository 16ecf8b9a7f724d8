// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Threads that do everything at once, on handles that they share and take
 * away from each other: no crash, and no error but the documented ones.
 */
#include "rtm_api_test.h"
#include <dirent.h>
#include <pthread.h>

#define THREADS		6
#define SHARED		3	/* handles of each kind */

enum which { CLIENT, WATCHER, ENUMERATION, EVENT, KINDS };

struct shared {
	HANDLE handle[KINDS][SHARED];
	unsigned int steps;
	/* The first undocumented error, of whoever set @failed: it alone. */
	bool failed;
	const char *function;
	DWORD error;
	unsigned int succeeded[32];
};

FIXTURE(thread)
{
	struct shared shared;
};

FIXTURE_SETUP(thread)
{
	FRESH_TABLE();
	self->shared.steps = scaled(1500);
}

FIXTURE_TEARDOWN(thread)
{
}

static HANDLE take(struct shared *s, enum which kind, unsigned int i)
{
	return __atomic_exchange_n(&s->handle[kind][i], NULL,
				   __ATOMIC_SEQ_CST);
}

static HANDLE get(struct shared *s, enum which kind, unsigned int i)
{
	return __atomic_load_n(&s->handle[kind][i], __ATOMIC_SEQ_CST);
}

/* The handle that was there is ended by the caller while others use it. */
static HANDLE swap(struct shared *s, enum which kind, unsigned int i, HANDLE h)
{
	return __atomic_exchange_n(&s->handle[kind][i], h, __ATOMIC_SEQ_CST);
}

static DWORD why(uintptr_t succeeded)
{
	return succeeded ? NO_ERROR : GetLastError();
}

/* A message was taken, whether or not it was the last. */
static DWORD taken(DWORD error)
{
	return error == ERROR_MORE_MESSAGES ? NO_ERROR : error;
}

static void end(enum which kind, HANDLE h)
{
	switch (h ? kind : KINDS) {
	case CLIENT:
	case WATCHER:
		RtmDeregisterClient(h);
		break;
	case ENUMERATION:
		RtmCloseEnumerationHandle(h);
		break;
	case EVENT:
		CloseHandle(h);
		break;
	default:
		break;
	}
}

#define ALLOWED	4

/* One call: its number for the statistics, its error, and what may be said. */
static void account(struct shared *s, unsigned int nr, const char *function,
		    DWORD error, const DWORD *allowed)
{
	unsigned int i;

	if (error == NO_ERROR) {
		__atomic_add_fetch(&s->succeeded[nr], 1, __ATOMIC_RELAXED);
		return;
	}
	for (i = 0; i < ALLOWED; i++)
		if (allowed[i] && error == allowed[i])
			return;
	if (__atomic_exchange_n(&s->failed, true, __ATOMIC_RELAXED))
		return;
	s->error = error;
	s->function = function;
}

#define CALL(nr, name, error, ...) \
	account(s, nr, name, error, (const DWORD[ALLOWED]) { __VA_ARGS__ })

#define CALLS	22

static void one_step(struct shared *s, unsigned int *seed)
{
	unsigned int i = rand_r(seed) % SHARED, nr = rand_r(seed) % CALLS;
	union route r = make_route(IP, rand_r(seed) % 16, 1 + rand_r(seed) % 2,
				   1, 1 + rand_r(seed) % 3);
	HANDLE h, two[2];
	struct answer a;
	RTM_RESULT results[4];
	union route routes[4];
	DWORD n;

	switch (nr) {
	case 0:
		h = RtmRegisterClient(IP, PROTO_A + i,
				      rand_r(seed) % 4 ? get(s, EVENT, i) :
				      NULL, i == 1);
		CALL(nr, "RtmRegisterClient", why(H(h)),
		     ERROR_CLIENT_ALREADY_EXISTS, ERROR_INVALID_HANDLE);
		if (h)
			end(CLIENT, swap(s, CLIENT, i, h));
		break;
	case 1:
		h = RtmRegisterWatcher(IP, get(s, EVENT, i), NULL);
		CALL(nr, "RtmRegisterWatcher", why(H(h)),
		     ERROR_INVALID_HANDLE);
		if (h)
			end(WATCHER, swap(s, WATCHER, i, h));
		break;
	case 2:
		h = RtmCreateEnumerationHandle(IP, 0, NULL);
		CALL(nr, "RtmCreateEnumerationHandle", why(H(h)),
		     ERROR_NO_ROUTES);
		if (h)
			end(ENUMERATION, swap(s, ENUMERATION, i, h));
		break;
	case 3:
		h = CreateEvent(NULL, i & 1, FALSE, NULL);
		CALL(nr, "CreateEvent", why(H(h)), 0);
		end(EVENT, swap(s, EVENT, i, h));
		break;
	case 4:
		if (rand_r(seed) % 8)
			break;
		CALL(nr, "RtmDeregisterClient",
		     RtmDeregisterClient(get(s, CLIENT, i)),
		     ERROR_INVALID_HANDLE);
		break;
	case 5:
		CALL(nr, "RtmCloseEnumerationHandle",
		     RtmCloseEnumerationHandle(get(s, ENUMERATION, i)),
		     ERROR_INVALID_HANDLE);
		break;
	case 6 ... 8:
		CALL(nr, "RtmAddRoute", add(get(s, CLIENT, i), r).error,
		     ERROR_INVALID_HANDLE);
		break;
	case 9:
		CALL(nr, "RtmDeleteRoute", del(get(s, CLIENT, i), r).error,
		     ERROR_INVALID_HANDLE, ERROR_NO_SUCH_ROUTE);
		break;
	case 10:
		CALL(nr, "RtmBlockDeleteRoutes",
		     RtmBlockDeleteRoutes(get(s, CLIENT, i),
					  RTM_ONLY_THIS_INTERFACE, &r),
		     ERROR_INVALID_HANDLE, ERROR_NO_ROUTES);
		break;
	case 11:
		a = dequeue(get(s, CLIENT, i));
		CALL(nr, "RtmDequeueRouteChangeMessage", taken(a.error),
		     ERROR_INVALID_HANDLE, ERROR_NO_MESSAGES);
		break;
	case 12:
		n = RtmDequeueRouteChangeMessageBatch(get(s, WATCHER, i), 4,
						      results, routes, NULL,
						      &n);
		CALL(nr, "RtmDequeueRouteChangeMessageBatch", taken(n),
		     ERROR_INVALID_HANDLE, ERROR_NO_MESSAGES);
		break;
	case 13:
		CALL(nr, "RtmEnumerateGetNextRoute",
		     RtmEnumerateGetNextRoute(get(s, ENUMERATION, i), &r),
		     ERROR_INVALID_HANDLE, ERROR_NO_MORE_ROUTES);
		break;
	case 14:
		CALL(nr, "WaitForSingleObject",
		     why(WaitForSingleObject(get(s, EVENT, i), i) !=
			 WAIT_FAILED),
		     ERROR_INVALID_HANDLE);
		break;
	case 15:
		two[0] = get(s, EVENT, 0);
		two[1] = get(s, EVENT, 1);
		CALL(nr, "WaitForMultipleObjects",
		     why(WaitForMultipleObjects(2, two, i & 1, 1) !=
			 WAIT_FAILED),
		     ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER);
		break;
	case 16:
		CALL(nr, "SetEvent", why(SetEvent(get(s, EVENT, i))),
		     ERROR_INVALID_HANDLE);
		break;
	case 17:
		CALL(nr, "ResetEvent", why(ResetEvent(get(s, EVENT, i))),
		     ERROR_INVALID_HANDLE);
		break;
	case 18:
		CALL(nr, "RtmIsRoute",
		     why(RtmIsRoute(IP, &r.ip.RR_Network, &r)), 0);
		break;
	case 19:
		CALL(nr, "RtmGetNetworkCount", why(RtmGetNetworkCount(IP)), 0);
		break;
	case 20:
		CALL(nr, "RtmGetFirstRoute", RtmGetFirstRoute(IP, 0, &r),
		     ERROR_NO_ROUTES);
		break;
	case 21:
		CALL(nr, "RtmGetNextRoute", RtmGetNextRoute(IP, 0, &r),
		     ERROR_NO_ROUTES);
		break;
	}
}

struct worker {
	pthread_t thread;
	struct shared *shared;
	unsigned int seed;
};

static bool each_succeeded(struct shared *s)
{
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		if (!__atomic_load_n(&s->succeeded[i], __ATOMIC_RELAXED))
			return false;
	return true;
}

/* Some calls are seldom made, and need a handle that nobody has ended yet. */
static void *work(void *arg)
{
	struct worker *w = arg;
	struct shared *s = w->shared;
	unsigned int i;

	for (i = 0; i < s->steps || (i < 100 * s->steps && !each_succeeded(s));
	     i++)
		one_step(s, &w->seed);
	return NULL;
}

static unsigned int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

TEST_F(thread, everything_at_once_on_shared_handles)
{
	struct shared *s = &self->shared;
	struct worker worker[THREADS];
	unsigned int i, k, before;
	HANDLE h;

	/* What is opened when it is first needed stays open. */
	ASSERT_EQ(0, RtmGetNetworkCount(IP));
	h = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
	before = open_descriptors();
	for (i = 0; i < THREADS; i++) {
		worker[i].shared = s;
		worker[i].seed = 4711 + i;
		ASSERT_EQ(0, pthread_create(&worker[i].thread, NULL, work,
					    &worker[i]));
	}
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_join(worker[i].thread, NULL));
	ASSERT_EQ(0, H(s->function))
		TH_LOG("%s: error %u", s->function, s->error);
	for (i = 0; i < CALLS; i++) {
		ASSERT_LT(0, s->succeeded[i])
			TH_LOG("call %u never succeeded", i);
	}

	for (k = 0; k < KINDS; k++)
		for (i = 0; i < SHARED; i++)
			end(k, take(s, k, i));
	ASSERT_EQ(0, count_routes(IP));
	ASSERT_EQ(0, RtmGetNetworkCount(IP));
	ASSERT_EQ(before, open_descriptors());
	/* Nobody is left behind under a protocol that was used. */
	for (i = 0; i < SHARED; i++) {
		h = RtmRegisterClient(IP, PROTO_A + i, NULL, 0);
		ASSERT_NE(0, H(h));
		ASSERT_EQ(NO_ERROR, RtmDeregisterClient(h));
	}
}

struct rival {
	pthread_t thread;
	HANDLE client;
	unsigned int base;
	unsigned int messages;
};

#define RIVAL_ROUTES	200

static void *add_all(void *arg)
{
	struct rival *r = arg;
	DWORD i;

	for (i = 0; i < RIVAL_ROUTES; i++)
		if (put(r->client, make_route(IP, r->base + i, 1, 1, 1)))
			return r;
	return NULL;
}

static void *take_all(void *arg)
{
	struct rival *r = arg;
	DWORD error;

	do {
		error = dequeue(r->client).error;
		if (error == NO_ERROR || error == ERROR_MORE_MESSAGES)
			r->messages++;
	} while (error == NO_ERROR || error == ERROR_MORE_MESSAGES);
	return error == ERROR_NO_MESSAGES ? NULL : r;
}

TEST_F(thread, one_client_serves_many_threads_and_no_message_is_taken_twice)
{
	HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
	HANDLE writer = RtmRegisterClient(IP, PROTO_A, NULL, 0);
	HANDLE reader = RtmRegisterClient(IP, PROTO_B, event, 0);
	struct rival rival[4];
	unsigned int i, messages = 0;
	void *failed;

	ASSERT_NE(0, H(writer));
	ASSERT_NE(0, H(reader));
	for (i = 0; i < 4; i++) {
		rival[i] = (struct rival) {
			.client = writer, .base = i * RIVAL_ROUTES,
		};
		ASSERT_EQ(0, pthread_create(&rival[i].thread, NULL, add_all,
					    &rival[i]));
	}
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_join(rival[i].thread, &failed));
		ASSERT_EQ(0, H(failed));
	}
	ASSERT_EQ(4 * RIVAL_ROUTES, RtmGetNetworkCount(IP));
	for (i = 0; i < 4; i++) {
		rival[i].client = reader;
		ASSERT_EQ(0, pthread_create(&rival[i].thread, NULL, take_all,
					    &rival[i]));
	}
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_join(rival[i].thread, &failed));
		ASSERT_EQ(0, H(failed));
		messages += rival[i].messages;
	}
	ASSERT_EQ(4 * RIVAL_ROUTES, messages);
	ASSERT_EQ(WAIT_TIMEOUT, check(event));
}

static void *fail_otherwise(void *unused)
{
	DWORD first = GetLastError();

	SetLastError(4711);
	return (void *)(uintptr_t)(first || GetLastError() != 4711);
}

TEST_F(thread, the_last_error_is_each_threads_own)
{
	pthread_t thread;
	void *wrong;

	ASSERT_FAILS(ERROR_INVALID_PARAMETER, RtmGetNetworkCount(7));
	ASSERT_EQ(0, pthread_create(&thread, NULL, fail_otherwise, NULL));
	ASSERT_EQ(0, pthread_join(thread, &wrong));
	ASSERT_EQ(0, H(wrong));
	ASSERT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
}

TEST_HARNESS_MAIN
