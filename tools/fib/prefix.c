// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "prefix.h"

bool address_set(struct address *a, int family, const void *bytes, size_t len)
{
	if (len != address_size(family))
		return false;
	*a = (struct address){ };
	memcpy(a, bytes, len);
	return true;
}

bool prefix_covers(const struct prefix *p, const struct address *a)
{
	unsigned int bytes = p->len / 8, bits = p->len % 8;

	if (memcmp(&p->address, a, bytes))
		return false;
	return !bits || !((p->address.b[bytes] ^ a->b[bytes]) >> (8 - bits));
}

int address_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct address));
}

void address_text(int family, const struct address *a,
		  char text[INET6_ADDRSTRLEN])
{
	inet_ntop(family, a, text, INET6_ADDRSTRLEN);
}

void prefix_text(const struct prefix *p, char text[PREFIX_TEXT])
{
	size_t n;

	address_text(p->family, &p->address, text);
	n = strlen(text);
	snprintf(text + n, PREFIX_TEXT - n, "/%u", p->len);
}
