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
void dc_buf_put(struct dc_buf *buf, const void *bytes, size_t len);
void dc_buf_putc(struct dc_buf *buf, char c);
void dc_buf_puts(struct dc_buf *buf, const char *text);
void dc_buf_put_slice(struct dc_buf *buf, struct dc_slice s);
void dc_buf_printf(struct dc_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline struct dc_slice dc_buf_slice(const struct dc_buf *buf)
{
	return (struct dc_slice){buf->ptr, buf->len};
}

#endif
