/* SPDX-License-Identifier: Apache-2.0
 * Headers are copied out before they are read, since a file promises no alignment. What this program itself is made for
 * stands in its own header, which the linker leaves in memory. */
#include "cli/elf.h"
#include <link.h>
#include <stdio.h>
#include <string.h>

// NOLINTNEXTLINE(bugprone-reserved-identifier): the linker's name
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

struct elf {
    const uint8_t *bytes;
    size_t size;
    ElfW(Ehdr) header;
    char *why;
    size_t why_size;
};

static bool
refuse(struct elf *elf, const char *why)
{
    snprintf(elf->why, elf->why_size, "%s", why);
    return false;
}

static bool
is_inside(const struct elf *elf, uint64_t offset, uint64_t length)
{
    return offset <= elf->size && length <= elf->size - offset;
}

static bool
check_header(struct elf *elf)
{
    if (!elf->size)
        return refuse(elf, "the file is empty");
    if (elf->size < SELFMAG || memcmp(elf->bytes, ELFMAG, SELFMAG))
        return refuse(elf, "it is no shared object");
    if (elf->size < sizeof elf->header)
        return refuse(elf, "the file is cut off");
    memcpy(&elf->header, elf->bytes, sizeof elf->header);
    const ElfW(Ehdr) *header = &elf->header, *own = &__ehdr_start;
    if (header->e_ident[EI_CLASS] != own->e_ident[EI_CLASS] || header->e_ident[EI_DATA] != own->e_ident[EI_DATA] ||
        header->e_machine != own->e_machine)
        return refuse(elf, "it was made for another kind of machine");
    if (header->e_type != ET_DYN)
        return refuse(elf, "it is no shared object, but another kind of ELF file");
    return true;
}

/* A table of `count` entries that its header says to be of `entry` bytes, where this program knows entries of `size`.
 */
static bool
check_table(struct elf *elf, uint64_t offset, unsigned count, unsigned entry, size_t size, const char *broken)
{
    if (!count || entry != size)
        return refuse(elf, broken);
    return is_inside(elf, offset, count * (uint64_t)size) || refuse(elf, "the file is cut off");
}

static bool
check_segments(struct elf *elf)
{
    const ElfW(Ehdr) *header = &elf->header;
    if (!check_table(elf, header->e_phoff, header->e_phnum, header->e_phentsize, sizeof(ElfW(Phdr)),
                     "its table of segments is broken"))
        return false;
    for (unsigned i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) segment;
        memcpy(&segment, elf->bytes + header->e_phoff + i * sizeof segment, sizeof segment);
        if (!is_inside(elf, segment.p_offset, segment.p_filesz))
            return refuse(elf, "the file is cut off");
    }
    return true;
}

static ElfW(Shdr) section_at(const struct elf *elf, unsigned index)
{
    ElfW(Shdr) section;
    memcpy(&section, elf->bytes + elf->header.e_shoff + index * sizeof section, sizeof section);
    return section;
}

static bool
check_sections(struct elf *elf)
{
    const ElfW(Ehdr) *header = &elf->header;
    if (!check_table(elf, header->e_shoff, header->e_shnum, header->e_shentsize, sizeof(ElfW(Shdr)),
                     "its table of sections is broken"))
        return false;
    for (unsigned i = 0; i < header->e_shnum; i++) {
        ElfW(Shdr) section = section_at(elf, i);
        if (section.sh_type != SHT_NULL && section.sh_type != SHT_NOBITS &&
            !is_inside(elf, section.sh_offset, section.sh_size))
            return refuse(elf, "the file is cut off");
    }
    return true;
}

/* Which of the names it exports. The sections were checked. */
static void
find_symbols(const struct elf *elf, const ElfW(Shdr) * table, struct argot_elf_symbol *symbols, size_t nsymbols)
{
    if (table->sh_link >= elf->header.e_shnum)
        return;
    ElfW(Shdr) texts = section_at(elf, table->sh_link);
    if (texts.sh_type != SHT_STRTAB)
        return;
    for (uint64_t at = 0; at + sizeof(ElfW(Sym)) <= table->sh_size; at += sizeof(ElfW(Sym))) {
        ElfW(Sym) symbol;
        memcpy(&symbol, elf->bytes + table->sh_offset + at, sizeof symbol);
        if (symbol.st_shndx == SHN_UNDEF || (symbol.st_info & 0xf) != STT_OBJECT || symbol.st_name >= texts.sh_size)
            continue;
        const char *name = (const char *)elf->bytes + texts.sh_offset + symbol.st_name;
        size_t room = texts.sh_size - symbol.st_name;
        for (size_t i = 0; i < nsymbols; i++) {
            size_t length = strlen(symbols[i].name);
            if (room <= length || memcmp(name, symbols[i].name, length + 1))
                continue;
            symbols[i].found = true;
            symbols[i].size = symbol.st_size;
        }
    }
}

bool
argot_elf_check(const uint8_t *bytes, size_t size, struct argot_elf_symbol *symbols, size_t nsymbols, char *why,
                size_t why_size)
{
    struct elf elf = {.bytes = bytes, .size = size, .why = why, .why_size = why_size};
    if (!check_header(&elf) || !check_segments(&elf) || !check_sections(&elf))
        return false;
    for (unsigned i = 0; i < elf.header.e_shnum; i++) {
        ElfW(Shdr) section = section_at(&elf, i);
        if (section.sh_type == SHT_DYNSYM)
            find_symbols(&elf, &section, symbols, nsymbols);
    }
    return true;
}

/* Linkers write the table of sections last. */
size_t
argot_elf_end(const uint8_t *bytes)
{
    ElfW(Ehdr) header;
    memcpy(&header, bytes, sizeof header);
    return header.e_shoff + (size_t)header.e_shnum * sizeof(ElfW(Shdr));
}
