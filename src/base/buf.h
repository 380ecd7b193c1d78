/* A growable buffer on the heap with a ceiling, for output and for protocols. The first failure sticks: callers
 * write on and look at dc_buf_status once, at the end. */
#ifndef DC_BASE_BUF_H
#define DC_BASE_BUF_H

#include "base/slice.h"
#include "base/status.h"

struct dc_buf {
	char *ptr;
	size_t len, capacity, ceiling; /* octets */
	enum dc_status status;         /* DC_OK or DC_ERR_NOMEM */
	bool starved;                  /* the failure was the heap's, not the ceiling's */
};

void dc_buf_init(struct dc_buf *buf, size_t ceiling);
void dc_buf_free(struct dc_buf *buf);
void dc_buf_reset(struct dc_buf *buf);
/* Makes room for `more` octets behind those that are there; false when there is none. */
bool dc_buf_widen(struct dc_buf *buf, size_t more);
/* Where the next `more` octets may be written, whose number is then added to len; NULL: no room. */
static inline char *dc_buf_room(struct dc_buf *buf, size_t more)
{
	bool there = buf->status == DC_OK && more <= buf->capacity - buf->len && more <= buf->ceiling - buf->len;
	return there || dc_buf_widen(buf, more) ? buf->ptr + buf->len : NULL;
}
static inline void dc_buf_put(struct dc_buf *buf, const void *bytes, size_t len)
{
	char *to = len ? dc_buf_room(buf, len) : NULL;
	if (to) {
		memcpy(to, bytes, len);
		buf->len += len;
	}
}
static inline void dc_buf_putc(struct dc_buf *buf, char c)
{
	char *to = dc_buf_room(buf, 1);
	if (to) {
		*to = c;
		buf->len++;
	}
}
/* Inline, so that the compiler counts the octets of our own words. */
static inline void dc_buf_puts(struct dc_buf *buf, const char *text)
{
	dc_buf_put(buf, text, __builtin_strlen(text));
}
void dc_buf_put_slice(struct dc_buf *buf, struct dc_slice s);
/* In hexadecimal, lower case. */
void dc_buf_put_hex(struct dc_buf *buf, const void *octets, size_t len);
void dc_buf_printf(struct dc_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline struct dc_slice dc_buf_slice(const struct dc_buf *buf)
{
	return (struct dc_slice){buf->ptr, buf->len};
}

#endif
