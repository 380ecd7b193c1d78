/* Header fields: unfolded one by one, and the few that matter read. */
#include "message/message.h"

/* One logical line: folding white space removed, RFC 5322 2.2.3. */
struct field {
	struct dc_slice name, value;
};

static struct dc_slice cut_line(struct dc_slice *rest)
{
	struct dc_slice line = dc_slice_cut(rest, '\n');
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool is_continuation(struct dc_slice rest)
{
	return rest.len && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t');
}

/* `first` and the continuation lines at the start of *rest as one line. One copy, however many lines there are. */
static struct dc_slice unfold(struct dc_arena *arena, struct dc_slice first, struct dc_slice *rest)
{
	struct dc_slice ahead = *rest, out;
	char *to;

	if (!is_continuation(*rest))
		return first;
	while (is_continuation(ahead))
		(void)cut_line(&ahead);
	to = dc_arena_alloc(arena, first.len + (rest->len - ahead.len));
	out = (struct dc_slice){to, 0};
	for (struct dc_slice line = first;; line = cut_line(rest)) {
		if (line.len)
			memcpy(to + out.len, line.ptr, line.len);
		out.len += line.len;
		if (!is_continuation(*rest))
			return out;
	}
}

/* The next field; false at the end of the header. Lines that are no field are passed over. */
static bool next_field(struct dc_arena *arena, struct dc_slice *rest, struct field *ret_field)
{
	while (rest->len) {
		struct dc_slice line = cut_line(rest);
		size_t colon = dc_slice_find(line, ':');
		if (line.len == 0)
			return false;
		struct dc_slice value = dc_slice_sub(line, colon == SIZE_MAX ? line.len : colon + 1, SIZE_MAX);
		value = unfold(arena, value, rest);
		if (colon == SIZE_MAX || colon == 0)
			continue;
		ret_field->name = dc_slice_trim(dc_slice_sub(line, 0, colon));
		ret_field->value = dc_slice_trim(value);
		return true;
	}
	return false;
}

/* Index behind a quoted string, a comment or a single octet that starts at `i` (RFC 5322 3.2.1 to 3.2.4). */
static size_t skip_token(struct dc_slice s, size_t i)
{
	char open = s.ptr[i], close = open == '"' ? '"' : open == '(' ? ')' : 0;
	size_t depth = 1;
	if (!close)
		return i + 1;
	for (i++; i < s.len && depth; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == close)
			depth--;
		else if (open == '(' && s.ptr[i] == '(')
			depth++;
	}
	return i < s.len ? i : s.len;
}

/* Without comments and white space outside quotes. */
static struct dc_slice bare(struct dc_arena *arena, struct dc_slice s)
{
	char *out = dc_arena_alloc(arena, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len;) {
		size_t end = skip_token(s, i);
		if (s.ptr[i] != '(' && s.ptr[i] != ' ' && s.ptr[i] != '\t') {
			memcpy(out + n, s.ptr + i, end - i);
			n += end - i;
		}
		i = end;
	}
	return (struct dc_slice){out, n};
}

/* The address of the first mailbox in a list, and how many there are. A name in front of "<" is dropped. */
static struct dc_slice first_address(struct dc_arena *arena, struct dc_slice list, size_t *ret_count)
{
	struct dc_slice first = {0}, inside = {0};
	size_t start = 0, open = SIZE_MAX, count = 0;
	for (size_t i = 0; i <= list.len;) {
		char c = i < list.len ? list.ptr[i] : ',';
		if (c == '<' && open == SIZE_MAX) {
			open = i + 1;
		} else if (c == '>' && open != SIZE_MAX) {
			inside = dc_slice_sub(list, open, i - open);
		} else if (c == ':' && open == SIZE_MAX) {
			start = i + 1; /* the name of a group */
		} else if (c == ',' || c == ';') {
			struct dc_slice address = open != SIZE_MAX ? inside : dc_slice_sub(list, start, i - start);
			address = bare(arena, address);
			if (address.len && count++ == 0)
				first = address;
			start = i + 1;
			open = SIZE_MAX;
			inside = (struct dc_slice){0};
		}
		i = i < list.len ? skip_token(list, i) : i + 1;
	}
	*ret_count += count;
	return first;
}

static struct dc_slice domain_of(struct dc_slice address)
{
	size_t at = address.len;
	while (at && address.ptr[at - 1] != '@')
		at--;
	return at ? dc_slice_sub(address, at, SIZE_MAX) : (struct dc_slice){0};
}

/* "from HELO (name [ADDRESS])": what border servers write, RFC 5321 section 4.4. */
static void read_received(struct dc_message *message, struct dc_slice value)
{
	struct dc_slice rest = value;
	if (!dc_slice_eq_nocase(dc_slice_cut(&rest, ' '), DC_S("from")))
		return;
	rest = dc_slice_trim(rest);
	struct dc_slice helo = dc_slice_cut(&rest, ' ');
	size_t open = dc_slice_find(rest, '[');
	struct dc_slice inside = dc_slice_sub(rest, open == SIZE_MAX ? rest.len : open + 1, SIZE_MAX);
	inside = dc_slice_sub(inside, 0, dc_slice_find(inside, ']'));
	if (dc_slice_starts_nocase(inside, DC_S("IPv6:")))
		inside = dc_slice_sub(inside, 5, SIZE_MAX);
	if (dc_ip_parse(inside, &message->ip))
		message->helo = helo;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): DC_PUSH writes it */
static void read_signature(struct dc_arena *arena, struct dc_message *message, struct dc_slice value, size_t *capacity,
			   struct dc_message_signature **list)
{
	struct dc_message_signature signature = {0};
	struct dc_slice rest = value;
	while (rest.ptr) {
		struct dc_slice tag = dc_slice_cut(&rest, ';'), body = tag;
		struct dc_slice name = dc_slice_trim(dc_slice_cut(&body, '='));
		if (dc_slice_eq(name, DC_S("d")))
			signature.domain = bare(arena, body);
		else if (dc_slice_eq(name, DC_S("s")))
			signature.selector = bare(arena, body);
	}
	if (message->signature_count < DC_MESSAGE_SIGNATURE_MAX)
		DC_PUSH(arena, *list, message->signature_count, *capacity) = signature;
}

static bool holds_nocase(struct dc_slice s, struct dc_slice part)
{
	for (size_t i = 0; i + part.len <= s.len; i++)
		if (dc_slice_starts_nocase(dc_slice_sub(s, i, SIZE_MAX), part))
			return true;
	return false;
}

bool dc_message_parse(struct dc_arena *arena, struct dc_slice bytes, struct dc_message *ret_message)
{
	struct dc_message_signature *signatures = NULL;
	struct dc_slice rest = bytes, address;
	struct field field;
	size_t capacity = 0, count = 0, ignored = 0;
	bool received = false;
	*ret_message = (struct dc_message){0};
	if (dc_slice_starts(rest, DC_S("From ")))
		(void)cut_line(&rest);
	for (; count < DC_MESSAGE_FIELD_MAX && next_field(arena, &rest, &field); count++) {
		if (dc_slice_eq_nocase(field.name, DC_S("from"))) {
			address = first_address(arena, field.value, &ret_message->authors);
			if (ret_message->from_fields++ == 0)
				ret_message->from = address;
		} else if (dc_slice_eq_nocase(field.name, DC_S("return-path")) && !ret_message->has_return_path) {
			ret_message->has_return_path = true;
			ret_message->return_path = first_address(arena, field.value, &ignored);
			ret_message->null_return_path = ret_message->return_path.len == 0;
		} else if (dc_slice_eq_nocase(field.name, DC_S("received")) && !received) {
			received = true;
			read_received(ret_message, field.value);
		} else if (dc_slice_eq_nocase(field.name, DC_S("dkim-signature"))) {
			read_signature(arena, ret_message, field.value, &capacity, &signatures);
		} else if (dc_slice_eq_nocase(field.name, DC_S("list-unsubscribe"))) {
			ret_message->unsubscribe_https |= holds_nocase(field.value, DC_S("<https://"));
		} else if (dc_slice_eq_nocase(field.name, DC_S("list-unsubscribe-post"))) {
			ret_message->one_click |= dc_slice_eq_nocase(field.value, DC_S("List-Unsubscribe=One-Click"));
		}
	}
	ret_message->signatures = signatures;
	ret_message->from_domain = domain_of(ret_message->from);
	return count > 0;
}
