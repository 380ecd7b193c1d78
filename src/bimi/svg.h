/* Logos: SVG Tiny Portable/Secure (draft-svg-tiny-ps-abrotman), a profile of SVG Tiny 1.2 without anything that moves, runs
 * or is fetched. */
#ifndef DC_BIMI_SVG_H
#define DC_BIMI_SVG_H

#include "base/arena.h"

enum {
	DC_BIMI_SVG_MAX = 1 << 20,    /* octets after decompression: thirty times what receivers take */
	DC_BIMI_SVG_ADVISED = 32 * 1024, /* octets: what the standard advises, and some receivers demand */
	DC_BIMI_ELEMENT_MAX = 8,      /* names of elements kept */
	DC_BIMI_TITLE_MAX = 256,
};

/* Bits; the order is that of telling. */
enum dc_bimi_svg_fault {
	DC_BIMI_SVG_XML = 1 << 0,       /* not well-formed */
	DC_BIMI_SVG_DOCTYPE = 1 << 1,   /* declares entities or a type: not read further */
	DC_BIMI_SVG_ROOT = 1 << 2,      /* the root is not svg in the namespace of SVG */
	DC_BIMI_SVG_VERSION = 1 << 3,
	DC_BIMI_SVG_PROFILE = 1 << 4,
	DC_BIMI_SVG_TITLE = 1 << 5,
	DC_BIMI_SVG_POSITION = 1 << 6,  /* x or y at the root */
	DC_BIMI_SVG_VIEWBOX = 1 << 7,   /* missing, or not four numbers */
	DC_BIMI_SVG_SCRIPT = 1 << 8,    /* script elements, event attributes */
	DC_BIMI_SVG_ANIMATION = 1 << 9,
	DC_BIMI_SVG_REFERENCE = 1 << 10, /* to anything outside of the document */
	DC_BIMI_SVG_IMAGE = 1 << 11,    /* pictures made of pixels, and other media */
	DC_BIMI_SVG_ELEMENT = 1 << 12,  /* other elements that the profile does not have */
	DC_BIMI_SVG_FAULTS = 13,
};
/* In words: "no title". `bit` from 0. Static. */
const char *dc_bimi_svg_fault_text(unsigned bit);

struct dc_bimi_svg {
	unsigned faults;
	bool compressed;          /* gzip */
	size_t octets;            /* after decompression */
	const char *xml_error;    /* fault XML; static */
	uint32_t line;            /* where reading ended; 0: at the end */
	struct dc_slice title;
	struct dc_slice elements[DC_BIMI_ELEMENT_MAX]; /* of the faults SCRIPT to ELEMENT, each once */
	size_t element_count;
	double width, height;     /* of the viewBox */
	bool square;
	struct dc_slice document; /* decompressed, borrowed or in the arena */
};

/* True when `octets` begin as gzip does. */
bool dc_bimi_is_gzip(struct dc_slice octets);
/* False when it is broken or longer than DC_BIMI_SVG_MAX. *ret_octets in `arena`. gzip.c */
bool dc_bimi_gunzip(struct dc_arena *arena, struct dc_slice octets, struct dc_slice *ret_octets);
/* `octets` may be compressed. Nothing but them is read. */
struct dc_bimi_svg dc_bimi_svg_read(struct dc_arena *arena, struct dc_slice octets);

#endif
