// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * librtm without memory: each allocation of each function that allocates is
 * made to fail in turn, by wrappers that the linker puts under the library.
 * And the table of handles, full.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../rtm.h"
#include "fake_device.h"
#include "tap.h"

#define IP	RTM_PROTOCOL_FAMILY_IP
#define HANDLES	65535

static int fail_at;		/* this allocation from now on; 0: none */
static bool no_growth;		/* realloc() fails */
static int failed;
static long live;		/* allocations */
static HANDLE held[HANDLES];
static int nr_held;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *p);

static bool fails(void)
{
	if (!fail_at || --fail_at)
		return false;
	failed++;
	return true;
}

void *__wrap_malloc(size_t size)
{
	void *p = fails() ? NULL : __real_malloc(size);

	live += !!p;
	return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
	void *p = fails() ? NULL : __real_calloc(n, size);

	live += !!p;
	return p;
}

void *__wrap_realloc(void *old, size_t size)
{
	void *p = no_growth || fails() ? NULL : __real_realloc(old, size);

	live += p && !old;
	return p;
}

void __wrap_free(void *p)
{
	live -= !!p;
	__real_free(p);
}

/* Open descriptors of this process. */
static int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = -3;			/* ".", ".." and of this directory */

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static HANDLE client, event;
static RTM_IP_ROUTE routes[2];
static RTM_RESULT results[2];
static DWORD done;

/* What a call made it has unmade again, so that nothing may be left of it. */
static DWORD outcome(HANDLE made, DWORD error)
{
	return made ? error : GetLastError();
}

static DWORD create_event(void)
{
	HANDLE made = CreateEvent(NULL, FALSE, FALSE, NULL);

	return outcome(made, made && !CloseHandle(made));
}

static DWORD register_quiet(void)
{
	HANDLE made = RtmRegisterClient(IP, PROTO_IP_BGP, NULL, 0);

	return outcome(made, made ? RtmDeregisterClient(made) : 0);
}

static DWORD register_client(void)
{
	ULONGLONG sequence;
	HANDLE made = RtmRegisterClientEx(IP, PROTO_IP_BGP, event, 0,
					  &sequence);

	return outcome(made, made ? RtmDeregisterClient(made) : 0);
}

static DWORD register_watcher(void)
{
	HANDLE made = RtmRegisterWatcher(IP, event, NULL);

	return outcome(made, made ? RtmDeregisterClient(made) : 0);
}

static DWORD create_enumeration(void)
{
	HANDLE made = RtmCreateEnumerationHandle(IP, 0, NULL);

	return outcome(made, made ? RtmCloseEnumerationHandle(made) : 0);
}

static DWORD create_enumeration_ex(void)
{
	ULONGLONG sequence;
	HANDLE made = RtmCreateEnumerationHandleEx(IP, 0, NULL, &sequence);

	return outcome(made, made ? RtmCloseEnumerationHandle(made) : 0);
}

static DWORD add_batch(void)
{
	return RtmAddRouteBatch(client, 2, routes, 9, results, NULL, NULL,
				&done);
}

static DWORD delete_batch(void)
{
	return RtmDeleteRouteBatch(client, 2, routes, NULL, NULL, &done);
}

static DWORD dequeue_batch(void)
{
	DWORD error = RtmDequeueRouteChangeMessageBatch(client, 2, results,
							NULL, NULL, &done);

	return error == ERROR_MORE_MESSAGES ? NO_ERROR : error;
}

static DWORD first_batch(void)
{
	return RtmGetFirstRouteBatch(IP, 0, NULL, 2, routes, NULL, &done);
}

static DWORD next_batch(void)
{
	return RtmGetNextRouteBatch(IP, 0, &routes[0], 2, routes, NULL, &done);
}

static DWORD enumerate_batch(void)
{
	return RtmEnumerateGetNextRouteBatch(held[0], 2, routes, NULL, &done,
					     NULL);
}

static const struct call {
	const char *name;
	DWORD (*run)(void);
	int allocations;		/* with the table of handles full */
	bool makes;			/* a handle */
} calls[] = {
	{ "CreateEvent", create_event, 2, true },
	{ "RtmRegisterClient", register_quiet, 2, true },
	{ "RtmRegisterClientEx", register_client, 2, true },
	{ "RtmRegisterWatcher", register_watcher, 2, true },
	{ "RtmCreateEnumerationHandle", create_enumeration, 2, true },
	{ "RtmCreateEnumerationHandleEx", create_enumeration_ex, 2, true },
	{ "RtmAddRouteBatch", add_batch, 1, false },
	{ "RtmDeleteRouteBatch", delete_batch, 1, false },
	{ "RtmDequeueRouteChangeMessageBatch", dequeue_batch, 1, false },
	{ "RtmGetFirstRouteBatch", first_batch, 1, false },
	{ "RtmGetNextRouteBatch", next_batch, 1, false },
	{ "RtmEnumerateGetNextRouteBatch", enumerate_batch, 1, false },
};

#define CALLS	((int)(sizeof(calls) / sizeof(calls[0])))

/* Take handles until there is no place without memory for more of them. */
static bool fill(void)
{
	HANDLE e;

	for (;;) {
		e = RtmCreateEnumerationHandle(IP, 0, NULL);
		if (!e)
			break;
		CHECK(nr_held < HANDLES);
		held[nr_held++] = e;
	}
	EQUAL(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
	return true;
}

static bool release(void)
{
	while (nr_held)
		EQUAL(RtmCloseEnumerationHandle(held[--nr_held]), NO_ERROR);
	return true;
}

/* Nothing is done, nothing is left behind. */
static bool refused(const struct call *call)
{
	int fds = descriptors(), kernel = fake.live;
	unsigned int records = fake.records, messages = fake.messages;
	long before = live;

	done = 77;
	SetLastError(0);
	EQUAL(call->run(), ERROR_NOT_ENOUGH_MEMORY);
	EQUAL(live, before);
	EQUAL(fake.live, kernel);
	EQUAL(fake.records, records);
	EQUAL(fake.messages, messages);
	EQUAL(descriptors(), fds);
	if (!call->makes)
		EQUAL(done, 0);
	return true;
}

static bool fails_in_turn(const struct call *call)
{
	int i;

	no_growth = true;
	CHECK(fill());
	no_growth = false;
	for (i = 1; i <= call->allocations; i++) {
		failed = 0;
		fail_at = i;
		CHECK(refused(call));
		EQUAL(failed, 1);
	}
	/* There are no more than that. */
	fail_at = i;
	EQUAL(call->run(), NO_ERROR);
	EQUAL(fail_at, 1);
	fail_at = 0;
	return true;
}

static bool without_memory(void)
{
	int i;

	fake.messages = 1000;
	event = CreateEvent(NULL, FALSE, FALSE, NULL);
	client = RtmRegisterClient(IP, PROTO_IP_RIP, event, 0);
	held[nr_held++] = RtmCreateEnumerationHandle(IP, 0, NULL);
	CHECK(event && client && held[0]);
	/* What the process or the event opens once stays open. */
	for (i = 0; i < CALLS; i++)
		EQUAL(calls[i].run(), NO_ERROR);
	for (i = 0; i < CALLS; i++) {
		bool ok = fails_in_turn(&calls[i]);

		if (!ok)
			printf("# %s, allocation %d\n", calls[i].name, failed);
		CHECK(ok);
	}
	CHECK(release());
	EQUAL(RtmDeregisterClient(client), NO_ERROR);
	CHECK(CloseHandle(event));
	EQUAL(fake.live, 0);
	EQUAL(live, 1);			/* the table of handles */
	return true;
}

static bool no_more_handles(void)
{
	int i;

	event = CreateEvent(NULL, TRUE, FALSE, NULL);
	CHECK(event);
	EQUAL(register_client(), NO_ERROR);
	EQUAL(register_watcher(), NO_ERROR);
	CHECK(fill());
	EQUAL(nr_held, HANDLES - 1);
	for (i = 0; i < CALLS; i++)
		if (calls[i].makes)
			CHECK(refused(&calls[i]));

	/* Those that there are work, and one place is enough for each. */
	fake.messages = 1;
	EQUAL(RtmEnumerateGetNextRoute(held[nr_held - 1], routes), NO_ERROR);
	CHECK(SetEvent(event));
	EQUAL(RtmCloseEnumerationHandle(held[--nr_held]), NO_ERROR);
	for (i = 0; i < CALLS; i++)
		if (calls[i].makes)
			EQUAL(calls[i].run(), NO_ERROR);
	CHECK(release());
	CHECK(CloseHandle(event));
	EQUAL(fake.live, 0);
	EQUAL(live, 1);
	return true;
}

/* Must be the first: with no table yet, that allocation fails as well. */
static bool from_the_start(void)
{
	int i;

	for (i = 1; i <= 2; i++) {
		fail_at = i;
		CHECK(!CreateEvent(NULL, FALSE, FALSE, NULL));
		EQUAL(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
		EQUAL(fail_at, 0);
		EQUAL(live, 0);
	}
	EQUAL(create_event(), NO_ERROR);
	EQUAL(live, 1);
	return true;
}

int main(void)
{
	static const struct test tests[] = {
		{ "no memory for the first handle", from_the_start },
		{ "each allocation fails in turn", without_memory },
		{ "65,535 handles, and no more", no_more_handles },
	};

	alarm(240);
	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
