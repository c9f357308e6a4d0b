//===- Bytes.h - Values as bytes, and back --------------------------------===//
//
// For what one run of the host leaves to the next one. A type has one function for both
// ways, an overload of code() that is called with a ByteWriter and a const value, or with
// a ByteReader and a value to fill:
//
//   template <typename CoderT, OneOf<Point> T> void code(CoderT &C, T &Value) {
//     auto &[X, Y] = Value;    // Does not compile once a field is added.
//     C(X, Y);
//   }
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_BYTES_H
#define NEXTFRAME_SUPPORT_BYTES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace nextframe {

/// T, const or not.
template <typename T, typename U>
concept OneOf = std::same_as<std::remove_const_t<T>, U>;

template <typename T>
concept PlainNumber = std::is_arithmetic_v<T> || std::is_enum_v<T>;

/// Appends values to bytes. One thread.
class ByteWriter {
public:
  explicit ByteWriter(llvm::SmallVectorImpl<char> &Out) : Out(Out) {}

  template <typename... Ts> void operator()(const Ts &...Values) { (write(Values), ...); }

private:
  template <PlainNumber T> void write(const T &Value) {
    auto *Bytes = reinterpret_cast<const char *>(&Value);
    Out.append(Bytes, Bytes + sizeof(T));
  }
  void write(const std::string &Text) {
    write(uint32_t(Text.size()));
    Out.append(Text.begin(), Text.end());
  }
  template <typename T> void write(const std::vector<T> &Values) {
    write(uint32_t(Values.size()));
    for (const T &Value : Values)
      write(Value);
  }
  template <typename K, typename V> void write(const std::map<K, V> &Values) {
    write(uint32_t(Values.size()));
    for (const auto &[Key, Value] : Values)
      write(Key), write(Value);
  }
  template <typename T> void write(const T &Value) { code(*this, Value); }

  llvm::SmallVectorImpl<char> &Out;
};

/// Takes values from the front of bytes. One thread.
class ByteReader {
public:
  explicit ByteReader(llvm::StringRef Bytes) : Rest(Bytes) {}

  template <typename... Ts> void operator()(Ts &...Values) { (read(Values), ...); }

  /// Whether there were bytes for all that was read, and none are left.
  bool isThrough() const { return !Failed && Rest.empty(); }

private:
  llvm::StringRef take(size_t Size) {
    if (Size > Rest.size()) {
      Failed = true;
      Rest = {};
      return {};
    }
    llvm::StringRef Taken = Rest.take_front(Size);
    Rest = Rest.drop_front(Size);
    return Taken;
  }
  template <PlainNumber T> void read(T &Value) {
    llvm::StringRef Bytes = take(sizeof(T));
    if (!Bytes.empty())
      std::memcpy(&Value, Bytes.data(), sizeof(T));
  }
  /// How many values follow: no more than there are bytes.
  size_t readSize() {
    uint32_t Size = 0;
    read(Size);
    if (Size <= Rest.size())
      return Size;
    take(Rest.size() + 1);
    return 0;
  }
  void read(std::string &Text) {
    llvm::StringRef Bytes = take(readSize());
    Text.assign(Bytes.begin(), Bytes.end());
  }
  template <typename T> void read(std::vector<T> &Values) {
    Values.resize(readSize());
    for (T &Value : Values)
      read(Value);
  }
  template <typename K, typename V> void read(std::map<K, V> &Values) {
    for (size_t Left = readSize(); Left && !Failed; --Left) {
      K Key;
      read(Key);
      read(Values[std::move(Key)]);
    }
  }
  template <typename T> void read(T &Value) { code(*this, Value); }

  llvm::StringRef Rest;
  bool Failed = false;
};

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_BYTES_H
