//===- ReachedValue.h - The value of a variable, with all that it leads to -===//
//
// A std::string is a pointer, and its value is elsewhere. So the value of a variable
// is taken to be its bytes, the blocks of the heap that pointers in them lead to, the
// blocks that pointers in those lead to, and so on: whatever containers and classes
// it is made of, nothing of them has to be known. Whatever looks like a pointer counts
// as one. The value is still there when all of these bytes are what they were, so that
// one which was changed and made anew elsewhere counts as changed, but never the other
// way round.
//
// Blocks are those of the program's heap, and those that libraries made for the main
// thread by the C library's malloc() (the characters of a std::string, say). What lies
// elsewhere, another variable or a library's data, is not looked at.
//
// Memory is read through the kernel, so that a pointer to nowhere is no fault.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_STATE_REACHEDVALUE_H
#define NEXTFRAME_STATE_REACHEDVALUE_H

#include <cstdint>
#include <optional>
#include <vector>

namespace nextframe {

class ReachedValue {
public:
  /// So many bytes are read of what one variable leads to, at most: a scene that all
  /// variables lead to would be read for each of them.
  static constexpr uint64_t LargestReached = uint64_t(64) << 20;

  /// Returns the value of the \p Size bytes at \p Address, which can be read; nothing
  /// where it leads to more than \p Most bytes, or to what can't be read. On the thread
  /// that has just made the value.
  static std::optional<ReachedValue> of(const void *Address, uint64_t Size,
                                        uint64_t Most = LargestReached);

  /// Returns whether the variable still has it. What others change meanwhile may count
  /// or not. Allocates nothing.
  bool isStillThere() const;

  /// How many blocks the variable led to.
  uint64_t blocks() const { return Parts.size() - 1; }

private:
  friend class ValueReader;
  /// The variable (the first one), or a block that it leads to.
  struct Part {
    uintptr_t Start;
    uint64_t Size;
  };
  /// 128 bits wide: that two values meet is not to be expected in a lifetime.
  struct Hash {
    uint64_t Low = 0, High = 0;
    bool operator==(const Hash &) const = default;
  };

  std::vector<Part> Parts; ///< In the order in which they were reached.
  Hash Content;            ///< Of all of them.
};

} // namespace nextframe

#endif // NEXTFRAME_STATE_REACHEDVALUE_H
