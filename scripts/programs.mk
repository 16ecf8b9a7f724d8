# SPDX-License-Identifier: LGPL-2.1-or-later
# What builds the library and the tools. CROSS_COMPILE=aarch64-linux-gnu- is for
# all of these that are not given.
ifneq ($(CROSS_COMPILE),)
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin AR),default)
AR := $(CROSS_COMPILE)ar
endif
endif
OBJCOPY ?= $(CROSS_COMPILE)objcopy
PKG_CONFIG ?= $(CROSS_COMPILE)pkg-config
