// SPDX-License-Identifier: LGPL-2.1-or-later
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <json.h>

#include "out.h"

#define DEPTH_MAX 3

static enum out_style style;
static bool stream;
static bool any_row;
static char *line;
static size_t line_len;
static size_t line_room;
static struct json_object *object[DEPTH_MAX];
static unsigned int depth;

static void *checked(void *value)
{
	if (!value) {
		fputs("rtmctl: out of memory\n", stderr);
		exit(2);
	}
	return value;
}

static void put(const char *key, struct json_object *value)
{
	if (json_object_object_add(object[depth], key, checked(value)))
		checked(NULL);
}

void out_open(enum out_style new_style, bool new_stream)
{
	style = new_style;
	stream = new_stream;
	if (style != OUT_TEXT && !stream)
		putchar('[');
}

void out_row(void)
{
	line_len = 0;
	if (style != OUT_TEXT) {
		depth = 0;
		object[0] = checked(json_object_new_object());
	}
}

void out_row_end(void)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (style == OUT_TEXT) {
		out_break();
	} else {
		if (style == OUT_JSON_PRETTY)
			flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
		if (!stream)
			fputs(any_row ? ",\n" : "\n", stdout);
		fputs(json_object_to_json_string_ext(object[0], flags), stdout);
		if (stream)
			putchar('\n');
		json_object_put(object[0]);
	}
	any_row = true;
}

void out_break(void)
{
	if (!line_len)
		return;
	while (line_len && line[line_len - 1] == ' ')
		line_len--;
	line[line_len++] = '\n';
	fwrite(line, 1, line_len, stdout);
	line_len = 0;
}

int out_flush(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		perror("rtmctl: standard output");
		return 2;
	}
	return 0;
}

int out_close(void)
{
	if (style != OUT_TEXT && !stream)
		fputs(any_row ? "\n]\n" : "]\n", stdout);
	return out_flush();
}

void out_object(const char *key)
{
	struct json_object *child;

	if (style == OUT_TEXT)
		return;
	child = checked(json_object_new_object());
	put(key, child);
	object[++depth] = child;
}

void out_object_end(void)
{
	if (style != OUT_TEXT)
		depth--;
}

void out_text(const char *fmt, ...)
{
	va_list args, again;
	int n;

	if (style != OUT_TEXT)
		return;
	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(line + line_len, line_room - line_len, fmt, args);
	if (n >= 0 && line_len + n >= line_room) {
		line_room = 2 * (line_len + n + 1);
		line = checked(realloc(line, line_room));
		vsnprintf(line + line_len, line_room - line_len, fmt, again);
	}
	va_end(again);
	va_end(args);
	if (n > 0)
		line_len += n;
}

/* Processes and interfaces may be named by who means ill. */
static const char *printable(const char *value)
{
	static char copy[64];
	size_t i;

	for (i = 0; i < sizeof(copy) - 1 && value[i]; i++)
		copy[i] = value[i] >= ' ' && value[i] <= '~' ? value[i] : '?';
	copy[i] = '\0';
	return copy;
}

void out_string(const char *key, int width, const char *value)
{
	value = printable(value);
	if (style != OUT_TEXT)
		put(key, json_object_new_string(value));
	else if (width)
		out_text("%*s ", width, value);
}

void out_number(const char *key, int width, uint64_t value)
{
	if (style != OUT_TEXT)
		put(key, json_object_new_uint64(value));
	else if (width)
		out_text("%*" PRIu64 " ", width, value);
}

void out_flag(const char *key, bool value)
{
	if (style != OUT_TEXT)
		put(key, json_object_new_boolean(value));
}

void out_value(const char *key, struct json_object *value)
{
	put(key, value);
}
