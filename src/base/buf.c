/* Growable heap buffer whose first failure sticks. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void dc_buf_init(struct dc_buf *buf, size_t ceiling)
{
	*buf = (struct dc_buf){.ceiling = ceiling};
}

void dc_buf_free(struct dc_buf *buf)
{
	free(buf->ptr);
	*buf = (struct dc_buf){.ceiling = buf->ceiling};
}

void dc_buf_reset(struct dc_buf *buf)
{
	buf->len = 0;
	buf->status = DC_OK;
	buf->starved = false;
}

bool dc_buf_widen(struct dc_buf *buf, size_t more)
{
	if (buf->status != DC_OK)
		return false;
	if (more > buf->ceiling || buf->len > buf->ceiling - more) {
		buf->status = DC_ERR_NOMEM;
		return false;
	}
	size_t need = buf->len + more;
	if (need <= buf->capacity)
		return true;
	size_t larger = buf->capacity ? buf->capacity : 256;
	while (larger < need)
		larger *= 2;
	char *moved = realloc(buf->ptr, larger);
	if (!moved) {
		buf->status = DC_ERR_NOMEM;
		buf->starved = true;
		return false;
	}
	buf->ptr = moved;
	buf->capacity = larger;
	return true;
}

void dc_buf_put_slice(struct dc_buf *buf, struct dc_slice s)
{
	dc_buf_put(buf, s.ptr, s.len);
}

void dc_buf_put_hex(struct dc_buf *buf, const void *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *at = octets;
	for (size_t i = 0; i < len; i++)
		dc_buf_put(buf, (char[]){digits[at[i] >> 4], digits[at[i] & 15]}, 2);
}

void dc_buf_printf(struct dc_buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		buf->status = buf->status == DC_OK ? DC_ERR_INTERNAL : buf->status;
	else if (dc_buf_widen(buf, (size_t)len + 1)) {
		(void)vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}
