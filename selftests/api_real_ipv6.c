// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The IPv6 prefixes of the world, with covering ones and a default route among
 * them: all in, in any order, counted, found, walked in order, all out.
 */
#include "rtm_api_test.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>

#define PREFIXES	166385
#define ABOVE		1024	/* one covering prefix in so many */
#define BATCH		4096	/* routes a call */

FIXTURE(real)
{
	HANDLE client;
	IPV6_NETWORK *network;	/* in the order of the walk */
	DWORD *covered;		/* the next shorter one that covers it */
	RTM_IPV6_ROUTE *route;	/* in any order */
	RTM_IPV6_ROUTE *found;
	DWORD *error;
	DWORD n;
};

static int compare(const void *left, const void *right)
{
	const IPV6_NETWORK *a = left, *b = right;
	int diff = memcmp(a->N_NetNumber, b->N_NetNumber, 16);

	return diff ? diff : (int)a->N_PrefixLength - (int)b->N_PrefixLength;
}

static BYTE mask(DWORD len, unsigned int byte)
{
	return len >= 8 * byte + 8 ? 0xff :
	       len <= 8 * byte ? 0 : 0xff00 >> (len - 8 * byte);
}

static IPV6_NETWORK cut(IPV6_NETWORK network, DWORD len)
{
	unsigned int i;

	network.N_PrefixLength = len;
	for (i = 0; i < 16; i++)
		network.N_NetNumber[i] &= mask(len, i);
	return network;
}

static bool covers(const IPV6_NETWORK *a, const IPV6_NETWORK *b)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		if ((a->N_NetNumber[i] ^ b->N_NetNumber[i]) &
		    mask(a->N_PrefixLength, i))
			return false;
	return a->N_PrefixLength <= b->N_PrefixLength;
}

static IPV6_NETWORK last_address(IPV6_NETWORK network)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		network.N_NetNumber[i] |= (BYTE)~mask(network.N_PrefixLength,
						      i);
	network.N_PrefixLength = 128;
	return network;
}

/* Reads lines of "address/length number"; how many there were. */
static unsigned int read_prefixes(IPV6_NETWORK *network)
{
	char self[512], command[600], line[128], *slash;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	unsigned int n = 0;
	FILE *f;

	self[len < 0 ? 0 : len] = '\0';
	snprintf(command, sizeof(command),
		 "xz -dc %s/../../data/ipv6-prefixes.txt.xz", dirname(self));
	f = popen(command, "r");
	while (f && n < PREFIXES && fgets(line, sizeof(line), f)) {
		slash = strchr(line, '/');
		if (!slash)
			break;
		*slash = '\0';
		if (inet_pton(AF_INET6, line, network[n].N_NetNumber) != 1)
			break;
		network[n++].N_PrefixLength = strtoul(slash + 1, NULL, 10);
	}
	return f && !pclose(f) ? n : 0;
}

/* Sorts them, drops what is there twice and finds what covers each. */
static void arrange(FIXTURE_DATA(real) *self)
{
	DWORD i, n = 0;

	qsort(self->network, self->n, sizeof(*self->network), compare);
	for (i = 0; i < self->n; i++)
		if (!n || compare(&self->network[n - 1], &self->network[i]))
			self->network[n++] = self->network[i];
	self->n = n;
	/* The first one is the default route, which covers itself. */
	for (i = 1; i < n; i++) {
		self->covered[i] = i - 1;
		while (!covers(&self->network[self->covered[i]],
			       &self->network[i]))
			self->covered[i] = self->covered[self->covered[i]];
	}
}

static RTM_IPV6_ROUTE route_to(FIXTURE_DATA(real) *self, DWORD i)
{
	RTM_IPV6_ROUTE r = make_route(IPV6, 0, 1 + i % 16, i % 64, i).ipv6;

	r.RR_Network = self->network[i];
	return r;
}

static void swap(RTM_IPV6_ROUTE *a, RTM_IPV6_ROUTE *b)
{
	RTM_IPV6_ROUTE t = *a;

	*a = *b;
	*b = t;
}

FIXTURE_SETUP(real)
{
	static const DWORD above[] = { 8, 16, 20, 32 };
	const DWORD room = PREFIXES + BATCH;
	DWORD i, j, real = scaled(PREFIXES);

	self->network = calloc(room, sizeof(*self->network));
	self->covered = calloc(room, sizeof(*self->covered));
	self->route = calloc(room, sizeof(*self->route));
	self->found = calloc(room, sizeof(*self->found));
	self->error = calloc(room, sizeof(*self->error));
	ASSERT_TRUE(self->network && self->covered && self->route &&
		    self->found && self->error);
	ASSERT_EQ(PREFIXES, read_prefixes(self->network));
	/* At a smaller scale they are taken from all over the world too. */
	if (real > PREFIXES)
		real = PREFIXES;
	for (i = 0; i < real; i++)
		self->network[i] =
			self->network[(ULONGLONG)i * PREFIXES / real];
	self->n = real;
	for (i = 0; i < real; i += ABOVE)
		for (j = 0; j < ARRAY_SIZE(above); j++)
			if (self->network[i].N_PrefixLength > above[j])
				self->network[self->n++] =
					cut(self->network[i], above[j]);
	memset(&self->network[self->n++], 0, sizeof(*self->network));
	arrange(self);
	for (i = 0; i < self->n; i++)
		self->route[i] = route_to(self, i);
	srandom(1);
	for (i = self->n; i > 1; i--)
		swap(&self->route[i - 1], &self->route[random() % i]);

	FRESH_TABLE();
	self->client = RtmRegisterClient(IPV6, PROTO_IP_BGP, NULL, 0);
	ASSERT_NE(0, H(self->client));
}

FIXTURE_TEARDOWN(real)
{
	EXPECT_EQ(NO_ERROR, RtmDeregisterClient(self->client));
}

static DWORD part(const FIXTURE_DATA(real) *self, DWORD first, DWORD most)
{
	return self->n - first < most ? self->n - first : most;
}

/* What @network[i] comes to is network @index[i]; NULL: i. */
static bool all_found(FIXTURE_DATA(real) *self, DWORD flags,
		      const IPV6_NETWORK *network, const DWORD *index)
{
	DWORD i, want;

	if (RtmLookupRouteBatch(IPV6, flags, self->n, network, self->found,
				self->error))
		return false;
	for (i = 0; i < self->n; i++) {
		want = index ? index[i] : i;
		if (self->error[i] ||
		    compare(&self->found[i].RR_Network,
			    &self->network[want]) ||
		    self->found[i].RR_FamilySpecificData.FSD_Metric != want)
			return false;
	}
	return true;
}

/* The longest that covers an address: the last one not behind it, or above. */
static DWORD longest(const FIXTURE_DATA(real) *self,
		     const IPV6_NETWORK *address)
{
	DWORD low = 0, high = self->n, middle;

	while (high - low > 1) {
		middle = (low + high) / 2;
		if (compare(&self->network[middle], address) > 0)
			high = middle;
		else
			low = middle;
	}
	while (!covers(&self->network[low], address))
		low = self->covered[low];
	return low;
}

/* Of the last address of each network, and of each but at one bit less. */
static const char *all_matched(FIXTURE_DATA(real) *self)
{
	IPV6_NETWORK *asked = calloc(self->n, sizeof(*asked));
	DWORD *index = calloc(self->n, sizeof(*index));
	const char *wrong = "";
	DWORD i;

	if (!asked || !index)
		return "no memory";
	for (i = 0; i < self->n; i++) {
		asked[i] = last_address(self->network[i]);
		index[i] = longest(self, &asked[i]);
	}
	if (!all_found(self, RTM_LONGEST_MATCH, asked, index))
		wrong = "not the longest for a last address";
	for (i = 1; i < self->n; i++) {
		asked[i] = self->network[i];
		asked[i].N_PrefixLength--;
	}
	asked[0] = self->network[0];
	if (!*wrong &&
	    !all_found(self, RTM_LONGEST_MATCH, asked, self->covered))
		wrong = "not what covers";
	free(asked);
	free(index);
	return wrong;
}

/* All networks, in order, and no others. */
static const char *walk(FIXTURE_DATA(real) *self)
{
	DWORD done, error, n = 0, i;

	error = RtmGetFirstRouteBatch(IPV6, 0, NULL, BATCH, self->found, NULL,
				      &done);
	while (!error) {
		for (i = 0; i < done; i++, n++)
			if (n >= self->n ||
			    compare(&self->network[n],
				    &self->found[i].RR_Network))
				return "another network is next";
		error = RtmGetNextRouteBatch(IPV6, 0, &self->found[done - 1],
					     BATCH, self->found + BATCH, NULL,
					     &done);
		if (!error)
			memcpy(self->found, self->found + BATCH,
			       done * sizeof(*self->found));
	}
	return error != ERROR_NO_ROUTES ? "an error" :
	       n != self->n ? "the end came too early" : "";
}

/* Each once, says an enumeration, in whatever order. */
static DWORD enumerate(FIXTURE_DATA(real) *self)
{
	HANDLE e = RtmCreateEnumerationHandle(IPV6, 0, NULL);
	DWORD done, n = 0;

	while (!RtmEnumerateGetNextRouteBatch(e, BATCH, self->found, NULL,
					      &done, NULL))
		n += done;
	RtmCloseEnumerationHandle(e);
	return n;
}

TEST_F(real, world_goes_in_is_found_walked_and_goes_out)
{
	DWORD i, done;

	for (i = 0; i < self->n; i += done)
		ASSERT_EQ(NO_ERROR,
			  RtmAddRouteBatch(self->client, part(self, i, BATCH),
					   &self->route[i], INFINITE, NULL,
					   NULL, NULL, &done));
	ASSERT_EQ(self->n, RtmGetNetworkCount(IPV6));
	ASSERT_TRUE(all_found(self, 0, self->network, NULL));
	ASSERT_STREQ("", all_matched(self));
	ASSERT_STREQ("", walk(self));
	ASSERT_EQ(self->n, enumerate(self));
	for (i = 0; i < self->n; i += done) {
		ASSERT_EQ(NO_ERROR,
			  RtmDeleteRouteBatch(self->client, part(self, i, BATCH),
					      &self->route[i], NULL, NULL,
					      &done));
		ASSERT_EQ(self->n - i - done, RtmGetNetworkCount(IPV6));
	}
	ASSERT_EQ(0, count_routes(IPV6));
}

static long slab_figure(const char *cache, const char *what)
{
	char path[192];
	long n = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/%s", cache, what);
	f = fopen(path, "r");
	if (f && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

/* Give back what is empty; bytes of what is left. */
static long shrink(const char *cache)
{
	long slabs, order = slab_figure(cache, "order");
	char path[192];
	bool shrunk;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	fd = open(path, O_WRONLY);
	shrunk = write(fd, "1", 1) == 1;
	close(fd);
	slabs = slab_figure(cache, "slabs");
	if (!shrunk || order < 0 || slabs < 0)
		return -1;
	return slabs * (sysconf(_SC_PAGESIZE) << order);
}

/*
 * Bytes of the slabs that the module's caches have: those of the same size are
 * one, with several names. -1: that cannot be known.
 */
static long slab_bytes(void)
{
	char path[128], target[128], seen[64][128];
	DIR *dir = opendir("/sys/kernel/slab");
	unsigned int nr = 0, i;
	struct dirent *entry;
	long sum = 0, bytes;
	ssize_t len;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "rtm_", 4))
			continue;
		snprintf(path, sizeof(path), "/sys/kernel/slab/%.64s",
			 entry->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		if (len < 0)
			len = snprintf(target, sizeof(target), "%.64s",
				       entry->d_name);
		target[len] = '\0';
		for (i = 0; i < nr && strcmp(seen[i], target); i++)
			;
		if (i < nr || nr == ARRAY_SIZE(seen))
			continue;
		memcpy(seen[nr++], target, sizeof(target));
		bytes = shrink(target);
		sum = bytes < 0 || sum < 0 ? -1 : sum + bytes;
	}
	if (dir)
		closedir(dir);
	return nr ? sum : -1;
}

/* Until what was deleted is free: grace periods have to pass. */
static long slab_bytes_settled(void)
{
	long before, now = slab_bytes();
	int calm = 0, tries = 100;

	while (calm < 3 && tries--) {
		before = now;
		usleep(300000);
		now = slab_bytes();
		calm = now == before ? calm + 1 : 0;
	}
	return now;
}

#define FEW	512	/* routes: what they leave to be freed is little */

static int grace_period(void)
{
	return syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

TEST_F(real, what_it_costs_is_what_slabs_grow_by)
{
	RTM_STATISTICS before, after;
	long slabs, told;
	DWORD i, done;

	if (slab_figure("rtm_route", "slab_size") !=
	    slab_figure("rtm_route", "object_size"))
		SKIP(return, "objects are padded here");
	slabs = slab_bytes_settled();
	ASSERT_LE(0, slabs);
	ASSERT_EQ(NO_ERROR, RtmGetStatistics(IPV6, &before));
	for (i = 0; i < self->n; i += done) {
		ASSERT_EQ(NO_ERROR,
			  RtmAddRouteBatch(self->client, part(self, i, FEW),
					   &self->route[i], INFINITE, NULL,
					   NULL, NULL, &done));
		/*
		 * Where grace periods do not keep up, nodes that have grown out
		 * of slabs leave them half empty. After the second one what
		 * waited for the first is free.
		 */
		ASSERT_EQ(0, grace_period());
		ASSERT_EQ(0, grace_period());
	}
	ASSERT_EQ(NO_ERROR, RtmGetStatistics(IPV6, &after));
	told = after.Bytes - before.Bytes;
	slabs = slab_bytes_settled() - slabs;
	TH_LOG("%u routes: %ld bytes told, %ld in slabs", self->n, told, slabs);
	ASSERT_LT(told, slabs * 1.05);
	ASSERT_LT(slabs, told * 1.05);
}

TEST_HARNESS_MAIN
