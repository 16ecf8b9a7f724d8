/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A memory cgroup of the test's own, below a mount that nobody else sees. */
#ifndef RTM_CGROUP_H
#define RTM_CGROUP_H

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rtm_file.h"

#define CGROUPS	"/tmp/rtm-cgroup"
#define CGROUP	CGROUPS "/rtm"

/*
 * 0, or an error. The caller gets a mount namespace of its own; the group is to
 * be removed.
 */
static inline int cgroup_make(void)
{
	int err;

	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	mkdir(CGROUPS, 0755);
	if (mount("none", CGROUPS, "cgroup2", 0, NULL))
		return -errno;
	err = file_put(CGROUPS "/cgroup.subtree_control", "+memory");
	if (!err && mkdir(CGROUP, 0755) && errno != EEXIST)
		err = -errno;
	return err;
}

/* The caller moves: into CGROUP, or back to CGROUPS. */
static inline int cgroup_enter(const char *group)
{
	char path[64], pid[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(pid, sizeof(pid), "%d", getpid());
	return file_put(path, pid);
}

/* A figure of the group's memory.stat or memory.events; -1: there is none. */
static inline long long cgroup_figure(const char *path, const char *what)
{
	FILE *file = fopen(path, "re");
	char name[64];
	long long value, found = -1;

	while (file && fscanf(file, "%63s %lld", name, &value) == 2)
		if (!strcmp(name, what))
			found = value;
	if (file)
		fclose(file);
	return found;
}

/*
 * By how much the group's slab memory has risen from @before, as soon as that is
 * @wanted: figures come late, some pages a processor.
 */
static inline long long cgroup_slab_rise(long long before, long long wanted)
{
	long long rise;
	int i;

	for (i = 0; i < 600; i++) {
		rise = cgroup_figure(CGROUP "/memory.stat", "slab") - before;
		if (rise >= wanted)
			break;
		usleep(100000);
	}
	return rise;
}

#endif /* RTM_CGROUP_H */
