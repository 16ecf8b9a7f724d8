# SPDX-License-Identifier: LGPL-2.1-or-later
# For people; what Kbuild needs is in Kbuild. Everything made is in build/.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
LANES ?= $(if $(TESTS),,pure suspend) 6.1 6.12
MINUTES ?= 60
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)
MODDIR ?= build/modules/$(RELEASE)
# What is built belongs to who builds it.
AS_ROOT = $(if $(filter-out 0,$(shell id -u)),sudo)

export PREFIX

help:
	@sed -n 's/^#: //p' Makefile

#: all          the library, the tools and the module
all: lib tools modules

#: lib          librtm, in build/lib
lib:
	$(MAKE) -C libuser

#: tools        rtmctl, rtmfib, rtmfpm, in build/tools
tools: lib
	$(MAKE) -C tools

#: modules      rtm.ko, in build/modules/RELEASE (KDIR=kernel build tree, W=1, C=2, ARCH=)
modules:
	@[ -n "$(RELEASE)" ] || { echo "no kernel build tree at $(KDIR):" \
		"install the headers of that kernel, or give KDIR=" >&2; exit 1; }
	@mkdir -p $(MODDIR)
	@cp -asf $(CURDIR)/Kbuild $(CURDIR)/kmod $(CURDIR)/uapi $(MODDIR)
	@$(if $(RTM_BENCH),cp -asf $(CURDIR)/bench $(MODDIR))
	@find $(MODDIR) -xtype l -delete
	$(MAKE) -C $(KDIR) M=$(abspath $(MODDIR)) modules

#: load         builds rtm.ko for the running kernel and loads it, with sudo
load:
	@$(AS_ROOT) scripts/load.sh
	@$(MAKE) modules
	@$(AS_ROOT) scripts/load.sh $(MODDIR)/rtm.ko

#: install      the library and the tools (DESTDIR=, PREFIX=/usr/local)
install: lib tools
	$(MAKE) -C libuser install DESTDIR=$(abspath $(DESTDIR))
	$(MAKE) -C tools install DESTDIR=$(abspath $(DESTDIR))

#: uninstall    takes that away, but for what was changed below /etc
uninstall:
	$(MAKE) -C libuser uninstall DESTDIR=$(abspath $(DESTDIR))
	$(MAKE) -C tools uninstall DESTDIR=$(abspath $(DESTDIR))

#: deps         the Debian packages that all of this needs
deps:
	vm/deps.sh

#: check        all tests but of the debug kernel and the daemons (LANES="6.1 6.12", TESTS="abi walk")
check: deps
	vm/lanes.sh -p "$(TESTS)" $(LANES)

#: check-debug  the tests in a kernel that watches memory, locks and leaks
check-debug: deps
	vm/lanes.sh -p "$(TESTS)" debug debug-2

#: check-daemons rtmfib and rtmfpm with FRR and BIRD, a full view of routes
check-daemons: deps
	RTM_TEST_SCALE=$${RTM_TEST_SCALE:-100} vm/lanes.sh -p daemons_test.sh daemons

#: check-all    check, half of check-debug, check-daemons (a tenth of the view) at once
check-all: deps
	vm/lanes.sh debug pure suspend 6.12 6.1 daemons

#: torture      races, random calls, failures, kills, floods (MINUTES=60)
torture: deps
	vm/torture.sh $(MINUTES)

#: coverage     which lines of the module the tests run: build/coverage
coverage: deps
	vm/coverage.sh

#: style        checkpatch, sparse, cppcheck, shellcheck, codespell and more
style: deps
	scripts/style.sh

#: demo         several protocols, half a million routes, in a stock 6.12 kernel
demo:
	vm/demo.sh

#: demo-here    the same on this machine, after make load
demo-here: lib tools
	$(MAKE) -C demo
	$(AS_ROOT) demo/demo.sh

#: bench        timed beside the Linux FIB in User-Mode Linux: build/bench
bench:
	bench/bench.sh

#: bench-quick  the same with fewer sizes and rounds, in under five minutes
bench-quick:
	bench/bench.sh -q

#: bench-daemons the whole job beside FRR's zebra and BIRD
bench-daemons:
	bench/daemons.sh

#: bench-forward routes into the kernel beside zebra, and when others meddle
bench-forward:
	bench/forward.sh

#: bench-scale  ten million routes in a stock kernel with 8 GiB
bench-scale:
	bench/scale.sh

#: bench-icount instructions of single calls and of the longest hold of the mutex
bench-icount:
	bench/icount.sh

#: clean        removes build/; the cache outside the tree stays
clean:
	rm -rf build

.PHONY: help all lib tools modules load install uninstall deps check check-debug \
	check-daemons check-all torture coverage style demo demo-here bench \
	bench-quick bench-daemons bench-forward bench-scale bench-icount clean
