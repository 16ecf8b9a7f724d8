/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rtmctl says: the same calls make columns of text or a JSON array. */
#ifndef RTMCTL_OUT_H
#define RTMCTL_OUT_H

#include <stdbool.h>
#include <stdint.h>

enum out_style { OUT_TEXT, OUT_JSON, OUT_JSON_PRETTY };

/* @stream: each JSON row is a line of its own; else they are one array. */
void out_open(enum out_style style, bool stream);
void out_row(void);
void out_row_end(void);

/* An exit status each. */
int out_flush(void);
int out_close(void);

/* A nested object of the row; text knows no nesting. */
void out_object(const char *key);
void out_object_end(void);

/*
 * @width as in printf's %*s: negative is left-aligned, 0 is for JSON alone. Of
 * strings, what is not printable ASCII becomes a question mark.
 */
void out_string(const char *key, int width, const char *value);
void out_number(const char *key, int width, uint64_t value);
void out_flag(const char *key, bool value);

/* For JSON alone: any value, whose reference it takes. */
struct json_object;
void out_value(const char *key, struct json_object *value);

/* For people alone: more words, a new line within the row. */
void out_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_break(void);

#endif
