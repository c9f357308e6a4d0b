//===- UntouchedPages.h - Memory that nobody has ever written or read -----===//

#ifndef NEXTFRAME_SUPPORT_UNTOUCHEDPAGES_H
#define NEXTFRAME_SUPPORT_UNTOUCHEDPAGES_H

#include <cstddef>
#include <cstdint>

namespace nextframe {

/// Tells which pages of this process have never been touched: their memory is anonymous
/// (which the caller knows) and zero, and reading it would only make page tables. Where
/// the system doesn't say, none. Allocates nothing; for one thread.
class UntouchedPages {
public:
  UntouchedPages();
  ~UntouchedPages();
  UntouchedPages(const UntouchedPages &) = delete;

  /// Returns whether all pages of the \p Bytes at \p Start are. At most WindowPages - 1
  /// of them.
  bool cover(uintptr_t Start, size_t Bytes);

private:
  static constexpr size_t WindowPages = 512;
  bool load(uintptr_t FirstPage);

  int Map = -1;
  uintptr_t First = 0; ///< Of the pages in Entries.
  size_t Count = 0;
  uint64_t Entries[WindowPages];
};

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_UNTOUCHEDPAGES_H
