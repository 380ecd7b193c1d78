/* See der.h. X.690 sections 8.1.2 and 8.1.3; of tags the low form only. */
#include "der.h"

#include <string.h>

enum { ELEMENTS_MAX = 512, DEPTH_MAX = 24, PART_MAX = 512 };

struct element {
	size_t at, head, len; /* where it starts, octets of tag and length, octets of content */
	int above;            /* the element that holds it; -1: none */
};

struct tree {
	const uint8_t *data;
	struct element elements[ELEMENTS_MAX];
	size_t count;
};

/* Tag and length; false when the content does not fit. */
static bool read_head(const uint8_t *data, size_t size, size_t *ret_head, size_t *ret_len)
{
	size_t octets, len = 0;

	if (size < 2)
		return false;
	octets = data[1] & 0x7fu;
	if (!(data[1] & 0x80)) {
		*ret_head = 2;
		*ret_len = octets;
		return octets <= size - 2;
	}
	if (!octets || octets > 3 || size < 2 + octets)
		return false;
	for (size_t i = 0; i < octets; i++)
		len = len << 8 | data[2 + i];
	*ret_head = 2 + octets;
	*ret_len = len;
	return len <= size - 2 - octets;
}

size_t der_length(const uint8_t *data, size_t size)
{
	size_t head, len;

	return read_head(data, size, &head, &len) ? head + len : 0;
}

/* All elements between `at` and `end`; strings that hold DER are looked into too. False: it is no row of elements. */
static bool walk(struct tree *tree, size_t at, size_t end, int above, size_t depth)
{
	while (at < end) {
		struct element element = {.at = at, .above = above};
		size_t inner, before, number;
		uint8_t tag = tree->data[at];

		if (tree->count == ELEMENTS_MAX || depth == DEPTH_MAX ||
		    !read_head(tree->data + at, end - at, &element.head, &element.len))
			return false;
		number = tree->count;
		tree->elements[tree->count++] = element;
		inner = at + element.head + (tag == 3 && element.len);
		before = tree->count;
		at += element.head + element.len;
		if (((tag & 0x20) || tag == 3 || tag == 4) && !walk(tree, inner, at, (int)number, depth + 1))
			tree->count = before;
	}
	return true;
}

static size_t put_head(uint8_t *out, uint8_t tag, size_t len)
{
	size_t octets = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;

	out[0] = tag;
	out[1] = octets ? (uint8_t)(0x80 | octets) : (uint8_t)len;
	for (size_t i = 0; i < octets; i++)
		out[2 + i] = (uint8_t)(len >> 8 * (octets - 1 - i));
	return 2 + octets;
}

/* Replaces `old` octets at `at`; the new size, or `size` when there is no room. */
static size_t splice(uint8_t *data, size_t size, size_t max, size_t at, size_t old, const uint8_t *part, size_t len)
{
	if (size - old + len > max)
		return size;
	memmove(data + at + len, data + at + old, size - at - old);
	memcpy(data + at, part, len);
	return size - old + len;
}

/* Writes the lengths of all that hold element `i` anew: their content has grown by `more`. */
static size_t mend(const struct tree *tree, int i, long more, uint8_t *data, size_t size, size_t max)
{
	for (; i >= 0; i = tree->elements[i].above) {
		const struct element *element = &tree->elements[i];
		uint8_t head[8];
		size_t len = put_head(head, data[element->at], (size_t)((long)element->len + more)), before = size;

		size = splice(data, size, max, element->at, element->head, head, len);
		more += (long)size - (long)before;
	}
	return size;
}

static uint32_t next(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

/* What is worth trying in the place of a content. */
static size_t odd_content(uint32_t choice, uint8_t *out)
{
	static const struct {
		const char *octets;
		size_t len;
	} odd[] = {
		{"", 0}, {"\0", 1}, {"\xff", 1}, {"*.example.com", 13}, {"mx1.example.com", 15}, {"mx1.example.com\0.evil.example", 29},
		{"*.com", 5}, {"260101000000Z", 13},
		{"20500101000000Z", 15}, {"99991231235959Z", 15}, {"00000101000000Z", 15},
		{"\x80\0\0\0\0\0\0\0\0", 9}, {"\x7f\xff\xff\xff\xff\xff\xff\xff", 8}, {"\xc3\xa9\xe2\x80\xae\x1b[2J", 9},
		{"\0m\0x", 4}, {"\x55\x1d\x11", 3}, {"\x55\x04\x03", 3}, {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9},
		{"data:image/svg+xml;base64,PHN2Zy8+", 34},
		{"\x2b\x06\x01\x05\x05\x07\x03\x1f", 8}, {"\x2b\x06\x01\x05\x05\x07\x01\x0c", 8},
	};
	size_t i = choice % (sizeof odd / sizeof *odd + 1);

	if (i == sizeof odd / sizeof *odd) { /* a long one */
		memset(out, 'a', PART_MAX);
		return PART_MAX;
	}
	memcpy(out, odd[i].octets, odd[i].len);
	return odd[i].len;
}

size_t der_mutate(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	static struct tree tree;
	static const uint8_t tags[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16,
				       0x17, 0x18, 0x1e, 0x1c, 0x30, 0x31, 0x80, 0x82, 0xa0, 0xa3};
	uint8_t part[2 * PART_MAX];
	uint32_t random = seed * 2654435761u | 1;
	const struct element *element, *other;
	size_t len = 0, old, at, after;

	tree.data = data;
	tree.count = 0;
	(void)walk(&tree, 0, size, -1, 0);
	if (!tree.count)
		return size;
	(void)next(&random);
	element = &tree.elements[next(&random) % tree.count];
	other = &tree.elements[next(&random) % tree.count];
	at = element->at;
	old = element->head + element->len;
	switch (next(&random) % 7) {
	case 0: /* another type */
		data[at] = tags[next(&random) % sizeof tags];
		return size;
	case 1: /* one octet of the content */
		if (element->len)
			data[at + element->head + next(&random) % element->len] ^= (uint8_t)(1u << next(&random) % 8);
		return size;
	case 2: /* it goes */
		break;
	case 3: /* once more */
		len = old < PART_MAX ? old : 0;
		memcpy(part, data + at, len);
		old = 0;
		break;
	case 4: /* another one in its place */
		len = other->head + other->len < PART_MAX ? other->head + other->len : 0;
		memcpy(part, data + other->at, len);
		break;
	case 5: { /* another content */
		uint8_t content[PART_MAX];
		size_t n = odd_content(next(&random), content), head = put_head(part, data[at], n);

		memcpy(part + head, content, n);
		len = head + n;
		break;
	}
	default: /* a length that is wrong */
		data[at + element->head - 1] = (uint8_t)next(&random);
		return size;
	}
	after = splice(data, size, max, at, old, part, len);
	return after == size && len != old ? size : mend(&tree, element->above, (long)len - (long)old, data, after, max);
}
