// What is written of a unit is read again, each field of it.

#include "ir/UnitFile.h"

#include "gtest/gtest.h"

#include <tuple>

using namespace llvm;
using namespace nextframe;

namespace {

// The fields of each type. (None of these compiles once a field is added.)
auto fields(const ContainedRecord &V) {
  auto &[A, B] = V;
  return std::tie(A, B);
}
auto fields(const FunctionFacts &V) {
  auto &[A, B, C, D, E, F, G, H, I, J, K] = V;
  return std::tie(A, B, C, D, E, F, G, H, I, J, K);
}
auto fields(const ValueShape &V) {
  auto &[A, B, C, D, E, F] = V;
  return std::tie(A, B, C, D, E, F);
}
auto fields(const ValuePart &V) {
  auto &[A, B] = V;
  return std::tie(A, B);
}
auto fields(const VTablePart &V) {
  auto &[A, B] = V;
  return std::tie(A, B);
}
auto fields(const VariableFacts &V) {
  auto &[A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S] = V;
  return std::tie(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S);
}
auto fields(const InitialiserFacts &V) {
  auto &[A, B, C] = V;
  return std::tie(A, B, C);
}
auto fields(const FinaliserFacts &V) {
  auto &[A, B] = V;
  return std::tie(A, B);
}
auto fields(const AliasFacts &V) {
  auto &[A, B, C, D] = V;
  return std::tie(A, B, C, D);
}
auto fields(const FieldFacts &V) {
  auto &[A, B, C, D] = V;
  return std::tie(A, B, C, D);
}
auto fields(const RecordFacts &V) {
  auto &[A, B, C, D, E, F, G, H, I, J] = V;
  return std::tie(A, B, C, D, E, F, G, H, I, J);
}
auto fields(const HiddenObjects &V) {
  auto &[A, B, C, D] = V;
  return std::tie(A, B, C, D);
}
auto fields(const AssemblyFacts &V) {
  auto &[A, B] = V;
  return std::tie(A, B);
}
auto fields(const UnitFacts &V) {
  auto &[A, B, C, D, E, F, G, H, I, J] = V;
  return std::tie(A, B, C, D, E, F, G, H, I, J);
}
auto fields(const EditableBody &V) {
  auto &[A, B, C, D] = V;
  return std::tie(A, B, C, D);
}
auto fields(const SourceText &V) {
  auto &[A, B, C, D] = V;
  return std::tie(A, B, C, D);
}

template <typename T>
concept HasFields = requires(const T &V) { fields(V); };

template <typename T> bool same(const T &A, const T &B) { return A == B; }
template <HasFields T> bool same(const T &A, const T &B);
template <HasFields T> bool same(const std::vector<T> &A, const std::vector<T> &B) {
  return std::equal(A.begin(), A.end(), B.begin(), B.end(),
                    [](const T &X, const T &Y) { return same(X, Y); });
}
template <HasFields T> bool same(const T &A, const T &B) {
  return [&]<size_t... I>(std::index_sequence<I...>) {
    return (same(std::get<I>(fields(A)), std::get<I>(fields(B))) && ...);
  }(std::make_index_sequence<std::tuple_size_v<decltype(fields(A))>>());
}

CompiledUnit unitWithEverything() {
  CompiledUnit U;
  U.Id = UnitId{7};
  U.File = "folder/file.cpp";
  U.OptLevel = 2;
  U.Facts.Symbols = {"_Z1fv", "", std::string("with\0zero", 9)};
  U.Facts.Functions = {{"_Z1fv", Binding::Weak, 1, {1, 2}, "f.cpp", 3, 4, true, 5, {0, 1}, true},
                       {}};
  U.Facts.Variables.push_back({"v",
                               Binding::Weak,
                               DataKind::VTable,
                               true,
                               8,
                               16,
                               9,
                               10,
                               "std::vector<int>",
                               {ElementKind::Pointer, 8, "int *", {2, 3}, 11, true},
                               "meaning",
                               12,
                               true,
                               {WhyNotPlain::Opaque, "std::mutex"},
                               {2, 0},
                               "section",
                               {{1, 100}},
                               "Class",
                               {{2, 3}, {4, 5}}});
  U.Facts.Variables.emplace_back();
  U.Facts.Initialisers = {{"init", "v", 101}};
  U.Facts.Finalisers = {{"fini", 102}};
  U.Facts.Aliases = {{"other", "_Z1fv", false, Binding::Weak}};
  U.Facts.Records = {{"Record",
                      true,
                      24,
                      8,
                      {{"field", "long", "int64", 64}},
                      true,
                      {"f()"},
                      {"Base"},
                      "f.h",
                      13}};
  U.Facts.Types = {"Record\nf.h", "Other"};
  U.Facts.Hidden = {{1, Hiding::SmallBuffer, "f.cpp", 14}};
  U.Facts.Assembly = {".globl f", {"f"}};
  U.DescribedTypes = {1, uint64_t(1) << 60};
  U.Siblings = {{"family", {{{1, 2}, {3}, 4, false}, {{5}, {}, 6, true}}}, {"none", {}}};
  U.Source = {"int f() {}\n", {{4, 8, 10, {"_Z1fv"}}}, {1, 2}, true};
  U.Index = FactIndex(U.Facts);
  return U;
}

std::vector<std::pair<std::string, uint32_t>> entries(const StringMap<uint32_t> &Map) {
  std::vector<std::pair<std::string, uint32_t>> Result;
  for (const auto &E : Map)
    Result.push_back({E.first().str(), E.second});
  std::sort(Result.begin(), Result.end());
  return Result;
}

TEST(UnitFile, EachFieldIsReadAgain) {
  CompiledUnit Unit = unitWithEverything();
  SmallVector<char, 0> Bytes = writeUnit(Unit);
  std::shared_ptr<const MemoryBuffer> Stored = MemoryBuffer::getMemBufferCopy("bitcode and more");
  auto Read = readUnit({Bytes.data(), Bytes.size()}, Stored->getBuffer().take_front(7), Stored);
  ASSERT_TRUE(Read);
  EXPECT_EQ(Read->Id, Unit.Id);
  EXPECT_EQ(Read->File, Unit.File);
  EXPECT_EQ(Read->OptLevel, Unit.OptLevel);
  EXPECT_TRUE(same(Read->Facts, Unit.Facts));
  EXPECT_EQ(Read->Siblings, Unit.Siblings);
  EXPECT_EQ(Read->DescribedTypes, Unit.DescribedTypes);
  EXPECT_TRUE(same(Read->Source, Unit.Source));
  EXPECT_EQ(entries(Read->Index.Functions), entries(Unit.Index.Functions));
  EXPECT_EQ(entries(Read->Index.Variables), entries(Unit.Index.Variables));
  EXPECT_EQ(entries(Read->Index.Records), entries(Unit.Index.Records));
  EXPECT_EQ(Read->Index.Rest, Unit.Index.Rest);
  EXPECT_EQ(Read->bitcode().getBuffer(), "bitcode");
  EXPECT_EQ(Read->bitcode().getBufferIdentifier(), Unit.File);
  EXPECT_FALSE(Read->Base);
  EXPECT_TRUE(Read->Newer.empty());
}

TEST(UnitFile, BytesThatAreNoUnitAreRefused) {
  SmallVector<char, 0> Bytes = writeUnit(unitWithEverything());
  StringRef Whole(Bytes.data(), Bytes.size());
  for (size_t Length = 0; Length != Whole.size(); ++Length)
    EXPECT_FALSE(readUnit(Whole.take_front(Length), "", nullptr)) << Length;
  EXPECT_FALSE(readUnit((Whole + "x").str(), "", nullptr));
  EXPECT_FALSE(readUnit(std::string(100, '\xff'), "", nullptr));
}

} // namespace
