/* Mutations of recordings that leave most of one readable: lines, outcomes, fields, records, terms of a text, names, numbers.
 * What octets alone would do comes now and then, too. */
#include "mutate.h"

#include "base/buf.h"
#include "fuzz.h"

enum { LINES_MAX = 4096, LINE_MAX_OCTETS = 200000, CHANGES_MAX = 4, COPIES_MAX = 40, OCTETS_AT_ONCE = 64 };

struct text {
	struct dc_slice lines[LINES_MAX];
	size_t count, octets;
	uint64_t random;
};

static size_t pick(struct text *text, size_t below)
{
	text->random ^= text->random << 13;
	text->random ^= text->random >> 7;
	text->random ^= text->random << 17;
	return below ? (size_t)(text->random % below) : 0;
}

#define PICK(text, table) (table)[pick(text, sizeof(table) / sizeof *(table))]

static const char *const outcomes[] = {"ANSWER",  "NODATA", "NXDOMAIN",	 "SERVFAIL",  "REFUSED",
				       "TIMEOUT", "BOGUS",  "MALFORMED", "NOT_ASKED", "OUT_OF_SOURCE"};
static const char *const fields[] = {" ad", " tc", " aa", " ra", " edns", " dnssec=secure", " dnssec=bogus", " dnssec=insecure",
				     " ede=9", " ede=15", " ede=22", " rcode=0", " rcode=4095", " ttl=0", " ttl=4294967295",
				     " elapsed_ms=4294967295", " tries=65535", " size=65535", " via=\"\\027[2J\"",
				     " detail=\"<script>\\226\\128\\174|,'&\""};
static const char *const numbers[] = {"0", "1", "2", "9", "10", "11", "30", "31", "32", "33", "64", "127", "128", "129", "255", "256",
				      "257", "512", "1023", "1024", "2048", "4096", "16384", "65535", "65536", "2147483647",
				      "2147483648", "4294967295", "99999999999"};
/* Terms of the records that are read, and what must not get through to a terminal, a browser or a spreadsheet */
static const char *const terms[] = {
	"v=spf1", "-all", "~all", "?all", "+all", "mx", "mx//64", "mx/0", "a", "a:%{i}._x.example.com", "ptr", "exists:%{ir}.example.com",
	"include:example.com", "include:other.example", "redirect=example.com", "exp=%{d}", "ip4:0.0.0.0/1", "ip4:10.0.0.0/8",
	"ip4:192.0.2.1", "ip6:2001:db8::/32", "ip6:::/0", "%{l1r-}", "%{S}", "%%", "x=y", "v=DMARC1", "p=none", "p=quarantine", "p=reject",
	"p=", "sp=none", "np=reject", "t=y", "psd=y", "psd=u", "adkim=s", "aspf=s", "fo=1:d:s", "pct=0", "pct=50", "ri=1", "rf=afrf",
	"rua=mailto:a@example.com", "rua=mailto:a@elsewhere.example!10m,mailto:b@c.example", "ruf=https://example.com/x", "v=DKIM1",
	"k=rsa", "k=ed25519", "h=sha1", "h=sha256", "s=email", "s=*", "t=s", "t=y:s", "n=note", "g=*", "v=STSv1", "id=20261120",
	"v=TLSRPTv1", "v=BIMI1", "l=https://example.com/logo.svg", "a=https://example.com/mark.pem", "avp=brand", ";", ";;", " ", "\\\"",
	"\\027[31m", "\\226\\128\\174", "\\000", "\\255", "</script><script>alert(1)</script>", "]]>", "=1+1",
	"@SUM(1)", "|", "`", "::error::x",
	"%0A", "\\010not ok 1", "\\013\\010", "${x}", "&amp;", "'", "#", "[x](javascript:y)", "\\194\\133",
	"\\239\\187\\191", "\\226\\129\\166",
};
static const char *const added[] = {
	"option parked yes", "option dnssec auto", "option authority auto", "option selector s1,s2",
	"option selectors none", "option selectors all", "option ip 192.0.2.1,2001:db8::1",
	"option ip 192.0.2.0/24", "option helo mx.example.com", "option helo [192.0.2.1]", "option mail-from bounce@b.example.com",
	"option dkim-domain d.example.com", "option what-if \"p=reject; aspf=s; sp=none\"", "option dnssec yes", "option authority yes",
	"option no-fetch yes", "option allow-private yes", "option probe smtp", "option probe submission",
	"option submission mail.example.com:587", "option blocklists yes", "option profile baseline", "option profile parked",
	"option profile google-bulk,microsoft-bulk", "option set spf-missing=notice", "option set spf-*=error", "option fail-on never",
	"option fail-on notice", "option now 2026-12-31T23:59:60Z",
};

static struct dc_slice a_line(struct text *text)
{
	return text->count ? text->lines[pick(text, text->count)] : (struct dc_slice){0};
}

/* ---- places in a line ---- */

static bool is_word(char c)
{
	return c != ' ' && c != '"' && c != '{' && c != '}' && c != '=' && c != ';';
}

/* One of the words, or the empty slice at the end. */
static struct dc_slice a_word(struct text *text, struct dc_slice line)
{
	size_t at = pick(text, line.len), end;
	while (at < line.len && !is_word(line.ptr[at]))
		at++;
	while (at > 0 && at < line.len && is_word(line.ptr[at - 1]))
		at--;
	for (end = at; end < line.len && is_word(line.ptr[end]); end++)
		;
	return dc_slice_sub(line, at, end - at);
}

/* A run of digits; empty: there is none behind a place by chance. */
static struct dc_slice a_number(struct text *text, struct dc_slice line)
{
	size_t at = pick(text, line.len), end;
	while (at < line.len && !dc_is_digit(line.ptr[at]))
		at++;
	for (end = at; end < line.len && dc_is_digit(line.ptr[end]); end++)
		;
	return dc_slice_sub(line, at, end - at);
}

/* A record in braces, with them; empty: the line has none. */
static struct dc_slice a_record(struct text *text, struct dc_slice line)
{
	size_t from = 0, found = 0, seen = 0, length = 0;
	while (from < line.len) {
		size_t open = dc_slice_find(dc_slice_sub(line, from, SIZE_MAX), '{');
		size_t shut = open == SIZE_MAX ? SIZE_MAX : dc_slice_find(dc_slice_sub(line, from + open, SIZE_MAX), '}');
		if (shut == SIZE_MAX)
			break;
		if (pick(text, ++seen) == 0) {
			found = from + open;
			length = shut + 1;
		}
		from += open + shut + 1;
	}
	return dc_slice_sub(line, found, length);
}

/* The inside of a quoted string. */
static struct dc_slice a_string(struct text *text, struct dc_slice line)
{
	size_t found = 0, length = 0, seen = 0;
	for (size_t i = 0; i < line.len; i++) {
		size_t start = i + 1;
		if (line.ptr[i] != '"')
			continue;
		for (i = start; i < line.len && line.ptr[i] != '"'; i++)
			i += line.ptr[i] == '\\';
		if (i < line.len && pick(text, ++seen) == 0) {
			found = start;
			length = i - start;
		}
	}
	return dc_slice_sub(line, found, length);
}

/* Between two blanks or semicolons of a string. */
static struct dc_slice a_term(struct text *text, struct dc_slice string)
{
	size_t start = pick(text, string.len + 1), end = start;
	while (start > 0 && string.ptr[start - 1] != ' ' && string.ptr[start - 1] != ';' && string.ptr[start - 1] != '\\')
		start--;
	while (end < string.len && string.ptr[end] != ' ' && string.ptr[end] != ';' && string.ptr[end] != '\\')
		end++;
	return dc_slice_sub(string, start, end - start);
}

/* ---- changes of one line ---- */

/* `line` with `by` instead of its part `part` (which lies in it; an empty one without a place: at the end). */
static void put_changed(struct dc_buf *out, struct dc_slice line, struct dc_slice part, struct dc_slice by)
{
	size_t at = part.ptr ? (size_t)(part.ptr - line.ptr) : line.len;
	dc_buf_put_slice(out, dc_slice_sub(line, 0, at));
	dc_buf_put_slice(out, by);
	dc_buf_put_slice(out, dc_slice_sub(line, at + part.len, SIZE_MAX));
}

static void change_outcome(struct text *text, struct dc_slice line, struct dc_buf *out)
{
	struct dc_slice rest = line, word = {0};
	for (int i = 0; i < 4; i++)
		word = dc_slice_cut(&rest, ' ');
	if (word.len && pick(text, 2)) { /* a failure has no records in most cases */
		put_changed(out, dc_slice_sub(line, 0, (size_t)(word.ptr + word.len - line.ptr)), word, dc_slice_of(PICK(text, outcomes)));
		dc_buf_puts(out, pick(text, 2) ? PICK(text, fields) : "");
		return;
	}
	put_changed(out, line, word, dc_slice_of(PICK(text, outcomes)));
}

static void change_field(struct text *text, struct dc_slice line, struct dc_buf *out)
{
	size_t brace = dc_slice_find(line, '{'), at = brace == SIZE_MAX ? line.len : brace ? brace - 1 : 0;
	dc_buf_put_slice(out, dc_slice_sub(line, 0, at));
	dc_buf_puts(out, PICK(text, fields));
	dc_buf_put_slice(out, dc_slice_sub(line, at, SIZE_MAX));
}

static void change_records(struct text *text, struct dc_slice line, struct dc_buf *out)
{
	struct dc_slice record = a_record(text, line), other = a_record(text, a_line(text));
	size_t copies = pick(text, 8) ? 1 : 1 + pick(text, COPIES_MAX);
	switch (pick(text, 3)) {
	case 0: /* it goes */
		put_changed(out, line, record, (struct dc_slice){0});
		break;
	case 1: /* another, or this one, comes */
		dc_buf_put_slice(out, line);
		for (; copies; copies--) {
			dc_buf_putc(out, ' ');
			dc_buf_put_slice(out, pick(text, 3) ? record : other);
		}
		break;
	default: /* another instead */
		put_changed(out, line, record, other.len ? other : record);
	}
}

static void change_string(struct text *text, struct dc_slice line, struct dc_buf *out)
{
	struct dc_slice string = a_string(text, line), term = string.ptr ? a_term(text, string) : string;
	char octets[OCTETS_AT_ONCE * 4 + 1];
	switch (pick(text, 8)) {
	case 0:
		put_changed(out, line, term, (struct dc_slice){0});
		break;
	case 1: /* said twice */
		put_changed(out, line, dc_slice_sub(term, term.len, 0), term);
		break;
	case 2: /* a seam between two strings */
		put_changed(out, line, dc_slice_sub(term, pick(text, term.len + 1), 0), DC_S("\" \""));
		break;
	case 3: { /* any octets */
		size_t n = 1 + pick(text, OCTETS_AT_ONCE), len = 0;
		for (; n; n--) {
			unsigned octet = (unsigned)pick(text, 256);
			octets[len++] = '\\';
			octets[len++] = (char)('0' + octet / 100);
			octets[len++] = (char)('0' + octet / 10 % 10);
			octets[len++] = (char)('0' + octet % 10);
		}
		put_changed(out, line, dc_slice_sub(term, pick(text, term.len + 1), 0), (struct dc_slice){octets, len});
		break;
	}
	case 4: /* the string of another record */
		put_changed(out, line, string, a_string(text, a_line(text)));
		break;
	case 5: { /* very long */
		size_t n = pick(text, 100) ? pick(text, 40) : pick(text, 20000 / (term.len + 2));
		dc_buf_put_slice(out, dc_slice_sub(line, 0, (size_t)(term.ptr ? term.ptr - line.ptr : 0)));
		for (; term.ptr && n; n--) {
			dc_buf_put_slice(out, term);
			dc_buf_puts(out, n % 16 ? " " : "\" \"");
		}
		dc_buf_put_slice(out, term.ptr ? dc_slice_sub(line, (size_t)(term.ptr - line.ptr), SIZE_MAX) : line);
		break;
	}
	case 6:
		put_changed(out, line, term, dc_slice_of(PICK(text, terms)));
		break;
	default:
		put_changed(out, line, dc_slice_sub(term, 0, 0), dc_slice_of(PICK(text, terms)));
	}
}

static void change_octets(struct text *text, struct dc_slice line, struct dc_buf *out)
{
	size_t n = line.len < 4096 ? line.len : 4096;
	uint8_t piece[4096 + OCTETS_AT_ONCE];
	memcpy(piece, line.ptr, n);
	size_t len = LLVMFuzzerMutate(piece, n, sizeof piece);
	for (size_t i = 0; i < len; i++)
		if (piece[i] == '\n')
			piece[i] = ' ';
	dc_buf_put(out, piece, len);
	dc_buf_put_slice(out, dc_slice_sub(line, n, SIZE_MAX));
	(void)text;
}

static void change_line(struct text *text, struct dc_slice line, struct dc_buf *out)
{
	switch (pick(text, 9)) {
	case 0:
		change_outcome(text, line, out);
		break;
	case 1:
		change_field(text, line, out);
		break;
	case 2:
	case 3:
		change_records(text, line, out);
		break;
	case 4:
	case 5:
		change_string(text, line, out);
		break;
	case 6:
		put_changed(out, line, a_word(text, line), a_word(text, a_line(text)));
		break;
	case 7:
		put_changed(out, line, a_number(text, line), dc_slice_of(PICK(text, numbers)));
		break;
	default:
		change_octets(text, line, out);
	}
}

/* ---- the whole ---- */

static void put_line(struct dc_buf *out, struct dc_slice line)
{
	dc_buf_put_slice(out, line);
	dc_buf_putc(out, '\n');
}

/* `line` as it is, changed, left out, or with another beside it. */
static void put_mutated(struct text *text, struct dc_slice line, struct dc_buf *out)
{
	size_t what = pick(text, 16);
	if (what == 0)
		return;
	if (what <= 2)
		put_line(out, line);
	if (what == 3)
		put_line(out, dc_slice_of(PICK(text, added)));
	if (what == 4)
		put_line(out, a_line(text));
	change_line(text, line, out);
	dc_buf_putc(out, '\n');
}

size_t fuzz_mutate_recording(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	static struct text text;
	struct dc_slice rest = {(const char *)data, size};
	struct dc_buf out;
	text = (struct text){.random = (seed + 1) * 0x9e3779b97f4a7c15u};
	if (pick(&text, 16) == 0)
		return LLVMFuzzerMutate(data, size, max);
	while (rest.len && text.count < LINES_MAX)
		text.lines[text.count++] = dc_slice_cut(&rest, '\n');
	dc_buf_init(&out, max < size + LINE_MAX_OCTETS ? max : size + LINE_MAX_OCTETS);
	size_t chosen[CHANGES_MAX], changes = 1 + pick(&text, CHANGES_MAX);
	for (size_t i = 0; i < changes; i++)
		chosen[i] = pick(&text, text.count);
	for (size_t i = 0; i < text.count; i++) {
		bool now = false;
		for (size_t k = 0; k < changes; k++)
			now |= chosen[k] == i;
		if (now)
			put_mutated(&text, text.lines[i], &out);
		else
			put_line(&out, text.lines[i]);
	}
	bool fits = out.status == DC_OK && out.len && out.len <= max;
	if (fits) {
		memcpy(data, out.ptr, out.len);
		size = out.len;
	}
	dc_buf_free(&out);
	return fits ? size : LLVMFuzzerMutate(data, size, max);
}
