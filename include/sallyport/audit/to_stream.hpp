// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace sallyport::inline v0 {
namespace audit {

/// A writer into a stream that somebody else owns and that outlives it: std::ostream, or whatever has
/// `write`, `flush`, `clear` and says by its bool whether all went well. Flushed after each line: what a
/// crash leaves behind is the log.
template <class Stream>
class to_stream {
public:
    explicit to_stream(Stream& stream) noexcept : stream_{&stream} {}
    bool operator()(std::string_view line) const {
        stream_->clear();  // a disk that was full may have room again
        stream_->write(line.data(), static_cast<std::ptrdiff_t>(line.size()));
        stream_->flush();
        return static_cast<bool>(*stream_);
    }

private:
    Stream* stream_;
};

}  // namespace audit
}  // namespace sallyport::inline v0
