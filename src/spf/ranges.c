/* Exact sets of addresses, and numbers of them up to 2^128. */
#include "spf/ranges.h"

dc_u128 dc_spf_number(struct dc_ip ip)
{
	dc_u128 number = 0;

	for (size_t i = 0; i < (ip.family == 4 ? 4 : 16); i++)
		number = number << 8 | ip.octets[i];
	return number;
}

dc_u128 dc_spf_last(uint8_t family)
{
	return family == 4 ? (dc_u128)UINT32_MAX : ~(dc_u128)0;
}

static struct dc_ip ip_of(dc_u128 number, uint8_t family)
{
	struct dc_ip ip = {.family = family};

	for (size_t i = family == 4 ? 4 : 16; i-- > 0; number >>= 8)
		ip.octets[i] = (uint8_t)number;
	return ip;
}

struct dc_spf_interval dc_spf_interval_of(struct dc_prefix prefix)
{
	unsigned width = (prefix.ip.family == 4 ? 32u : 128u) - prefix.bits;
	dc_u128 hosts = width == 128 ? ~(dc_u128)0 : ((dc_u128)1 << width) - 1;
	dc_u128 first = dc_spf_number(prefix.ip) & ~hosts;

	return (struct dc_spf_interval){first, first | hosts};
}

/* The first interval that does not end before `address`. */
static size_t find(const struct dc_spf_set *set, dc_u128 address)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (set->items[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void append(struct dc_spf_set *set, struct dc_spf_interval interval)
{
	if (!*set->budget) {
		set->incomplete = true;
		return;
	}
	--*set->budget;
	DC_PUSH(set->arena, set->items, set->count, set->capacity) = interval;
}

static dc_u128 lesser(dc_u128 a, dc_u128 b)
{
	return a < b ? a : b;
}

/* NOLINTBEGIN(misc-no-recursion): once: `fresh` has none of its own */
void dc_spf_set_add(struct dc_spf_set *set, struct dc_spf_interval interval, struct dc_spf_set *fresh)
{
	dc_u128 at = interval.first;
	size_t start = find(set, interval.first ? interval.first - 1 : 0), end = start;
	struct dc_spf_interval whole = interval;
	bool rest = true;

	/* every interval that overlaps or touches melts into one; the gaps between them are new */
	while (end < set->count &&
	       (set->items[end].first <= interval.last ||
		set->items[end].first - 1 == interval.last)) {
		const struct dc_spf_interval *old = &set->items[end++];
		if (rest && old->first > at && fresh)
			dc_spf_set_add(fresh,
				       (struct dc_spf_interval){at, lesser(old->first - 1, interval.last)},
				       NULL);
		if (old->last >= interval.last)
			rest = false;
		else if (old->last >= at)
			at = old->last + 1;
		if (old->first < whole.first)
			whole.first = old->first;
		if (old->last > whole.last)
			whole.last = old->last;
	}
	if (rest && fresh)
		dc_spf_set_add(fresh, (struct dc_spf_interval){at, interval.last}, NULL);
	if (start == end) {
		size_t count = set->count;
		append(set, interval);
		if (set->count == count)
			return;
		memmove(&set->items[start + 1], &set->items[start], (count - start) * sizeof(*set->items));
		set->items[start] = interval;
		return;
	}
	set->items[start] = whole;
	memmove(&set->items[start + 1], &set->items[end], (set->count - end) * sizeof(*set->items));
	set->count -= end - start - 1;
}
/* NOLINTEND(misc-no-recursion) */

bool dc_spf_set_holds(const struct dc_spf_set *set, dc_u128 address)
{
	size_t i = find(set, address);

	return i < set->count && set->items[i].first <= address;
}

static struct dc_spf_count count_of(dc_u128 number)
{
	return (struct dc_spf_count){.high = (uint64_t)(number >> 64), .low = (uint64_t)number};
}

/* Disjoint sets: the sum is 2^128 at most. */
static struct dc_spf_count add_counts(struct dc_spf_count a, struct dc_spf_count b)
{
	dc_u128 x = (dc_u128)a.high << 64 | a.low, y = (dc_u128)b.high << 64 | b.low, sum = x + y;

	if (a.whole || b.whole || sum < x)
		return (struct dc_spf_count){.whole = true};
	return count_of(sum);
}

struct dc_spf_count dc_spf_set_size(const struct dc_spf_set *set)
{
	struct dc_spf_count size = {0};

	for (size_t i = 0; i < set->count; i++) {
		dc_u128 less_one = set->items[i].last - set->items[i].first;
		/* NOLINTNEXTLINE(analyzer-use-of-uninitialized-value): gcc loses sight of a struct that a loop assigns */
		size = add_counts(size, less_one == ~(dc_u128)0 ? (struct dc_spf_count){.whole = true}
								      : count_of(less_one + 1));
	}
	return size;
}

struct dc_spf_ranges dc_spf_set_ranges(const struct dc_spf_set *set, uint8_t family)
{
	struct dc_spf_range *items = DC_NEW_ARRAY(set->arena, struct dc_spf_range, set->count);

	for (size_t i = 0; i < set->count; i++)
		items[i] = (struct dc_spf_range){ip_of(set->items[i].first, family), ip_of(set->items[i].last, family)};
	return (struct dc_spf_ranges){items, set->count, dc_spf_set_size(set)};
}

struct dc_slice dc_spf_count_text(struct dc_spf_count count, char text[DC_SPF_COUNT_TEXT_MAX])
{
	dc_u128 number = (dc_u128)count.high << 64 | count.low;
	size_t at = DC_SPF_COUNT_TEXT_MAX - 1, len;

	if (count.whole)
		number = ~(dc_u128)0;
	text[at] = '\0';
	do {
		text[--at] = (char)('0' + (int)(number % 10));
		number /= 10;
	} while (number);
	if (count.whole)
		text[DC_SPF_COUNT_TEXT_MAX - 2]++; /* 2^128 - 1 ends in 5 */
	len = DC_SPF_COUNT_TEXT_MAX - 1 - at;
	memmove(text, text + at, len + 1);
	return (struct dc_slice){text, len};
}

bool dc_spf_count_reaches(struct dc_spf_count count, unsigned bits)
{
	if (count.whole)
		return true;
	if (bits >= 128)
		return false;
	return ((dc_u128)count.high << 64 | count.low) >= (dc_u128)1 << bits;
}
