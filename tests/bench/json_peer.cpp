// SPDX-License-Identifier: Apache-2.0
// json_peer FILE: Suricata EVE lines through simdjson on demand, which reads the ten values that formats/bench_eve.yaml
// maps and passes over all else. Their lengths and numbers are summed up, so that none is left out. It does not check
// what it passes over, and converts no times and no addresses: so it bounds argot from below.
#include <cinttypes>
#include <cstring>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

using namespace simdjson;

namespace
{

constexpr size_t block_bytes = 1 << 20, line_max_bytes = 1 << 17;

struct run {
    uint64_t lines = 0, bad = 0, sum = 0;
};

void
add_text(run &run, ondemand::value value)
{
    std::string_view text;
    if (!value.get_string().get(text))
        run.sum += text.size();
}

void
add_number(run &run, simdjson_result<ondemand::value> value)
{
    uint64_t number;
    if (!value.get_uint64().get(number))
        run.sum += number;
}

void
add_member(run &run, std::string_view key, ondemand::value value)
{
    if (key == "timestamp" || key == "event_type" || key == "src_ip" || key == "dest_ip" || key == "proto")
        add_text(run, value);
    else if (key == "src_port" || key == "dest_port" || key == "flow_id")
        add_number(run, std::move(value));
    else if (key == "alert")
        add_number(run, value["signature_id"]);
    else if (key == "flow")
        add_number(run, value["bytes_toserver"]);
}

void
add_line(run &run, ondemand::parser &parser, const char *line, size_t length)
{
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(line, length, length + SIMDJSON_PADDING).get(document) || document.get_object().get(object)) {
        run.bad++;
        return;
    }
    for (auto member : object) {
        ondemand::field field;
        std::string_view key;
        if (std::move(member).get(field) || field.unescaped_key().get(key)) {
            run.bad++;
            return;
        }
        add_member(run, key, field.value());
    }
    run.lines++;
}

} // namespace

int
main(int argc, char **argv)
{
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0)
        return 2;
    std::string block(block_bytes + line_max_bytes + SIMDJSON_PADDING, '\0');
    ondemand::parser parser;
    run run;
    size_t have = 0;
    ssize_t got;
    while ((got = read(fd, &block[have], block_bytes)) > 0) {
        have += static_cast<size_t>(got);
        const char *at = block.data(), *end = at + have, *newline;
        while ((newline = static_cast<const char *>(memchr(at, '\n', static_cast<size_t>(end - at))))) {
            add_line(run, parser, at, static_cast<size_t>(newline - at));
            at = newline + 1;
        }
        have = static_cast<size_t>(end - at);
        if (have > line_max_bytes)
            return 1;
        memmove(&block[0], at, have);
    }
    close(fd);
    printf("%" PRIu64 " lines, %" PRIu64 " others, sum %016" PRIx64 "\n", run.lines, run.bad, run.sum);
    return got < 0;
}
