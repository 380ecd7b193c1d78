/* SVG by expat, the only file that knows it: an element at a time, no entities, nothing outside of the octets. What is
 * found is kept in a fixed place, since no jump may leave the parser. */
#include "bimi/svg.h"

#include <expat.h>

enum { TEXT_MAX = 64 };

static const char *const fault_texts[DC_BIMI_SVG_FAULTS] = {
	"it is not well-formed XML",
	"it has a DOCTYPE, which could define anything",
	"its root is not an <svg> of the namespace http://www.w3.org/2000/svg",
	"version=\"1.2\" is missing",
	"baseProfile=\"tiny-ps\" is missing",
	"it has no <title>, or an empty one",
	"the <svg> has the attribute x or y",
	"the <svg> has no viewBox of four numbers",
	"it holds a script or an event handler",
	"it is animated",
	"it refers to something outside of the file",
	"it holds a picture made of pixels, or other media",
	"it holds elements that the profile does not have",
};

const char *dc_bimi_svg_fault_text(unsigned bit)
{
	return bit < DC_BIMI_SVG_FAULTS ? fault_texts[bit] : "?";
}

struct reader {
	XML_Parser parser;
	unsigned faults, depth, metadata; /* metadata: depth inside of one, 0 = not */
	bool titled, in_title;
	char title[DC_BIMI_TITLE_MAX];
	size_t title_len;
	char elements[DC_BIMI_ELEMENT_MAX][TEXT_MAX];
	size_t element_count;
	double width, height;
};

static bool is_one_of(const char *name, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* "http://www.w3.org/2000/svg|rect" -> "rect"; NULL in other namespaces. */
static const char *svg_name(const char *name)
{
	static const char space[] = "http://www.w3.org/2000/svg|";

	return strncmp(name, space, sizeof(space) - 1) == 0 ? name + sizeof(space) - 1 : NULL;
}

static const char *bare_name(const char *name)
{
	const char *bar = strrchr(name, '|');

	return bar ? bar + 1 : name;
}

static void blame(struct reader *reader, const char *name, unsigned fault)
{
	size_t len = strnlen(name, TEXT_MAX - 1);

	reader->faults |= fault;
	for (size_t i = 0; i < reader->element_count; i++)
		if (strlen(reader->elements[i]) == len && memcmp(reader->elements[i], name, len) == 0)
			return;
	if (reader->element_count < DC_BIMI_ELEMENT_MAX)
		memcpy(reader->elements[reader->element_count++], name, len);
}

/* ---- numbers without a locale ---- */

static bool take_number(const char **at, double *ret_number)
{
	const char *s = *at;
	double number = 0, scale = 1;
	bool minus = *s == '-', digits = false;

	s += *s == '-' || *s == '+';
	for (; dc_is_digit(*s); s++, digits = true)
		number = number * 10 + (*s - '0');
	if (*s == '.')
		for (s++; dc_is_digit(*s); s++, digits = true)
			number += (*s - '0') * (scale /= 10);
	*ret_number = minus ? -number : number;
	*at = s;
	return digits;
}

static bool take_viewbox(const char *s, struct reader *reader)
{
	double numbers[4];

	for (int i = 0; i < 4; i++) {
		while (*s && strchr(" \t\r\n,", *s))
			s++;
		if (!take_number(&s, &numbers[i]) || numbers[i] > 1e9)
			return false;
	}
	while (*s && strchr(" \t\r\n", *s))
		s++;
	reader->width = numbers[2];
	reader->height = numbers[3];
	return !*s && numbers[2] > 0 && numbers[3] > 0;
}

/* ---- elements ---- */

static void read_root(struct reader *reader, const char *name, const char **attributes)
{
	const char *svg = svg_name(name);

	reader->faults |= DC_BIMI_SVG_VERSION | DC_BIMI_SVG_PROFILE | DC_BIMI_SVG_VIEWBOX;
	if (!svg || strcmp(svg, "svg") != 0)
		reader->faults |= DC_BIMI_SVG_ROOT;
	for (size_t i = 0; attributes[i]; i += 2) {
		const char *value = attributes[i + 1];

		if (strcmp(attributes[i], "version") == 0 && strcmp(value, "1.2") == 0)
			reader->faults &= ~(unsigned)DC_BIMI_SVG_VERSION;
		else if (strcmp(attributes[i], "baseProfile") == 0 && strcmp(value, "tiny-ps") == 0)
			reader->faults &= ~(unsigned)DC_BIMI_SVG_PROFILE;
		else if (strcmp(attributes[i], "viewBox") == 0 && take_viewbox(value, reader))
			reader->faults &= ~(unsigned)DC_BIMI_SVG_VIEWBOX;
		else if (strcmp(attributes[i], "x") == 0 || strcmp(attributes[i], "y") == 0)
			reader->faults |= DC_BIMI_SVG_POSITION;
	}
}

/* url(…) to anything but a fragment of this document. */
static bool leads_out(const char *value)
{
	while ((value = strstr(value, "url("))) {
		value += 4;
		while (*value && strchr(" \t\r\n'\"", *value))
			value++;
		if (*value != '#')
			return true;
	}
	return false;
}

static void read_attributes(struct reader *reader, const char *element, const char **attributes)
{
	for (size_t i = 0; attributes[i]; i += 2) {
		const char *name = bare_name(attributes[i]), *value = attributes[i + 1];

		if (strncmp(name, "on", 2) == 0 && !strchr(attributes[i], '|'))
			blame(reader, element, DC_BIMI_SVG_SCRIPT);
		if (strcmp(name, "href") == 0 && value[0] != '#')
			blame(reader, element, DC_BIMI_SVG_REFERENCE);
		if (leads_out(value))
			blame(reader, element, DC_BIMI_SVG_REFERENCE);
	}
}

static void judge_element(struct reader *reader, const char *name)
{
	static const char *const allowed[] = {"svg", "title", "desc", "metadata", "g", "defs", "use", "path", "rect", "circle", "ellipse",
					      "line", "polyline", "polygon", "text", "tspan", "textArea", "tbreak", "linearGradient",
					      "radialGradient", "stop", "solidColor", NULL};
	static const char *const scripts[] = {"script", "handler", "listener", NULL};
	static const char *const animations[] = {"animate", "animateMotion", "animateTransform", "animateColor", "set", "mpath",
						 "discard", NULL};
	static const char *const media[] = {"image", "feImage", "audio", "video", "animation", "foreignObject", NULL};
	const char *svg = svg_name(name);

	if (!svg)
		blame(reader, bare_name(name), DC_BIMI_SVG_ELEMENT);
	else if (is_one_of(svg, scripts))
		blame(reader, svg, DC_BIMI_SVG_SCRIPT);
	else if (is_one_of(svg, animations))
		blame(reader, svg, DC_BIMI_SVG_ANIMATION);
	else if (is_one_of(svg, media))
		blame(reader, svg, DC_BIMI_SVG_IMAGE);
	else if (!is_one_of(svg, allowed))
		blame(reader, svg, DC_BIMI_SVG_ELEMENT);
}

static void on_start(void *user, const char *name, const char **attributes)
{
	struct reader *reader = user;
	const char *svg = svg_name(name);

	if (reader->depth++ == 0)
		read_root(reader, name, attributes);
	else if (!reader->metadata)
		judge_element(reader, name);
	/* Within metadata any vocabulary may stand; what it refers to is not fetched by anybody. */
	if (!reader->metadata)
		read_attributes(reader, bare_name(name), attributes);
	if (svg && strcmp(svg, "metadata") == 0 && !reader->metadata)
		reader->metadata = reader->depth;
	reader->in_title = svg && strcmp(svg, "title") == 0 && reader->depth == 2 && !reader->titled;
}

static void on_end(void *user, const char *name)
{
	struct reader *reader = user;

	(void)name;
	if (reader->in_title)
		reader->titled = true;
	reader->in_title = false;
	if (reader->metadata == reader->depth)
		reader->metadata = 0;
	reader->depth--;
}

static void on_text(void *user, const char *text, int len)
{
	struct reader *reader = user;

	for (int i = 0; reader->in_title && i < len && reader->title_len < sizeof(reader->title); i++)
		reader->title[reader->title_len++] = text[i];
}

static void on_doctype(void *user, const char *name, const char *system, const char *public, int internal)
{
	struct reader *reader = user;

	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	reader->faults |= DC_BIMI_SVG_DOCTYPE;
	(void)XML_StopParser(reader->parser, XML_FALSE);
}

static void on_instruction(void *user, const char *target, const char *data)
{
	(void)data;
	if (strcmp(target, "xml-stylesheet") == 0)
		blame(user, target, DC_BIMI_SVG_REFERENCE);
}

/* ---- the document ---- */

static void parse(struct reader *reader, struct dc_slice octets, struct dc_bimi_svg *svg)
{
	reader->parser = XML_ParserCreateNS(NULL, '|');
	if (!reader->parser) { /* not fuzzed: out of memory */
		svg->faults = DC_BIMI_SVG_XML;
		svg->xml_error = "out of memory";
		return;
	}
	XML_SetUserData(reader->parser, reader);
	XML_SetElementHandler(reader->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reader->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
	XML_SetProcessingInstructionHandler(reader->parser, on_instruction);
	if (XML_Parse(reader->parser, octets.ptr, (int)octets.len, XML_TRUE) != XML_STATUS_OK) {
		svg->line = (uint32_t)XML_GetCurrentLineNumber(reader->parser);
		if (!(reader->faults & DC_BIMI_SVG_DOCTYPE)) {
			reader->faults |= DC_BIMI_SVG_XML;
			svg->xml_error = XML_ErrorString(XML_GetErrorCode(reader->parser));
		}
	}
	svg->faults = reader->faults;
	XML_ParserFree(reader->parser);
}

struct dc_bimi_svg dc_bimi_svg_read(struct dc_arena *arena, struct dc_slice octets)
{
	struct dc_bimi_svg svg = {.compressed = dc_bimi_is_gzip(octets), .document = octets};
	struct reader *reader = DC_NEW(arena, struct reader);
	struct dc_slice title;

	if (svg.compressed && !dc_bimi_gunzip(arena, octets, &svg.document)) {
		svg.faults = DC_BIMI_SVG_XML;
		svg.xml_error = "the compression (gzip) is broken, or it unpacks to more than 1 MiB";
		return svg;
	}
	svg.octets = svg.document.len;
	parse(reader, svg.document, &svg);
	title = dc_slice_trim((struct dc_slice){reader->title, reader->title_len});
	svg.title = title;
	/* Of what was not read to its end only the beginning is known. */
	if (svg.faults & (DC_BIMI_SVG_XML | DC_BIMI_SVG_DOCTYPE))
		svg.faults &= DC_BIMI_SVG_XML | DC_BIMI_SVG_DOCTYPE;
	else if (!title.len)
		svg.faults |= DC_BIMI_SVG_TITLE;
	for (; svg.element_count < reader->element_count; svg.element_count++)
		svg.elements[svg.element_count] = dc_slice_of(reader->elements[svg.element_count]);
	svg.width = reader->width;
	svg.height = reader->height;
	svg.square = svg.width > 0 && svg.width == svg.height;
	return svg;
}
