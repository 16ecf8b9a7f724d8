// SPDX-License-Identifier: LGPL-2.1-or-later
#include "peer.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>

static bool name(int (*ask)(int, struct sockaddr *, socklen_t *), int fd,
		 struct sockaddr_in *address)
{
	socklen_t len = sizeof(*address);

	return !ask(fd, (struct sockaddr *)address, &len) &&
	       address->sin_family == AF_INET;
}

static bool is(const struct sockaddr_in *address, uint32_t ip, unsigned int port)
{
	return address->sin_addr.s_addr == ip && ntohs(address->sin_port) == port;
}

/* /proc/net/tcp: proc(5). Addresses are there as they are in memory. */
static enum peer search(FILE *file, const struct sockaddr_in *here,
			const struct sockaddr_in *there, uid_t *user)
{
	unsigned int port, rem_port, state;
	uint32_t ip, rem_ip;
	char line[256];

	while (fgets(line, sizeof(line), file))
		if (sscanf(line,
			   "%*d: %" SCNx32 ":%x %" SCNx32 ":%x %x %*x:%*x %*x:%*x %*x %u",
			   &ip, &port, &rem_ip, &rem_port, &state, user) == 6 &&
		    is(there, ip, port) && is(here, rem_ip, rem_port))
			/* What has been closed is root's there. */
			return state == TCP_ESTABLISHED ? PEER_USER : PEER_GONE;
	return PEER_ELSEWHERE;
}

static enum peer look(const struct sockaddr_in *here,
		      const struct sockaddr_in *there, uid_t *user)
{
	FILE *file = fopen("/proc/net/tcp", "re");
	enum peer peer;

	if (!file)
		return PEER_GONE;
	peer = search(file, here, there, user);
	fclose(file);
	return peer;
}

/* Of this namespace; or that cannot be known. */
static bool is_ours(const struct sockaddr_in *address)
{
	bool ours = ntohl(address->sin_addr.s_addr) >> IN_CLASSA_NSHIFT ==
		    IN_LOOPBACKNET;
	const struct sockaddr_in *own;
	struct ifaddrs *all, *a;

	if (getifaddrs(&all)) {
		perror("own addresses");
		return true;
	}
	for (a = all; a && !ours; a = a->ifa_next) {
		own = (const struct sockaddr_in *)a->ifa_addr;
		ours = own && own->sin_family == AF_INET &&
		       own->sin_addr.s_addr == address->sin_addr.s_addr;
	}
	freeifaddrs(all);
	return ours;
}

enum peer peer_of(int fd, uid_t *user)
{
	struct sockaddr_in here, there;
	enum peer peer;

	if (!name(getsockname, fd, &here) || !name(getpeername, fd, &there))
		return PEER_GONE;
	/* The file comes in pieces: where others come and go it may lack one. */
	peer = look(&here, &there, user);
	if (peer == PEER_ELSEWHERE)
		peer = look(&here, &there, user);
	/* A socket of IPv6 is in another file, whatever it is connected to. */
	if (peer == PEER_ELSEWHERE && is_ours(&there))
		peer = PEER_GONE;
	/* A connection that was reset is not in there either. */
	return name(getpeername, fd, &there) ? peer : PEER_GONE;
}

void peer_watch(int fd)
{
	static const struct {
		int level, name, value;
	} option[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 10 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 5 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 3 },
	};
	size_t i;

	for (i = 0; i < sizeof(option) / sizeof(*option); i++)
		setsockopt(fd, option[i].level, option[i].name, &option[i].value,
			   sizeof(option[i].value));
}
