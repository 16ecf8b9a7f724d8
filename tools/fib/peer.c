// SPDX-License-Identifier: LGPL-2.1-or-later
#include "peer.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/tcp.h>
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
bool peer_user(int fd, uid_t *user)
{
	struct sockaddr_in here, there;
	unsigned int port, rem_port, state;
	uint32_t ip, rem_ip, uid;
	bool found = false;
	char line[256];
	FILE *file;

	if (!name(getsockname, fd, &here) || !name(getpeername, fd, &there))
		return false;
	file = fopen("/proc/net/tcp", "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		if (sscanf(line,
			   "%*d: %" SCNx32 ":%x %" SCNx32 ":%x %x %*x:%*x %*x:%*x %*x %" SCNu32,
			   &ip, &port, &rem_ip, &rem_port, &state, &uid) != 6)
			continue;
		/* What has been closed is root's there. */
		found = state == TCP_ESTABLISHED && is(&there, ip, port) &&
			is(&here, rem_ip, rem_port);
	}
	fclose(file);
	*user = uid;
	return found;
}
