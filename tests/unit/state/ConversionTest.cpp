// A value of one type as one of another: whether it survives, and what it is then.

#include "state/Conversion.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

namespace nextframe::test {
namespace {

template <typename T> ElementKind kindOf() {
  if (std::is_same_v<T, bool>)
    return ElementKind::Bool;
  if (std::is_floating_point_v<T>)
    return ElementKind::Floating;
  return std::is_signed_v<T> ? ElementKind::Signed : ElementKind::Unsigned;
}

template <typename T> ValueShape shape(std::vector<uint64_t> Dimensions = {}) {
  return {kindOf<T>(), sizeof(T), "", std::move(Dimensions)};
}

/// \p Value as a \p To, if it survives.
template <typename To, typename From> std::optional<To> as(From Value) {
  To Result{};
  if (convert(shape<From>(), &Value, shape<To>(), &Result))
    return std::nullopt;
  return Result;
}

TEST(ConversionTest, IntegersThatFit) {
  EXPECT_EQ(as<int64_t>(int32_t(-5)), -5);
  EXPECT_EQ(as<uint8_t>(int64_t(255)), 255);
  EXPECT_EQ(as<int8_t>(int64_t(-128)), -128);
  EXPECT_EQ(as<uint64_t>(std::numeric_limits<uint64_t>::max()),
            std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(as<int64_t>(std::numeric_limits<int64_t>::min()), std::numeric_limits<int64_t>::min());
}

TEST(ConversionTest, IntegersThatDoNot) {
  EXPECT_FALSE(as<int32_t>(int64_t(1) << 40));
  EXPECT_FALSE(as<uint32_t>(int32_t(-1)));
  EXPECT_FALSE(as<uint8_t>(int32_t(256)));
  EXPECT_FALSE(as<int64_t>(std::numeric_limits<uint64_t>::max()));
}

TEST(ConversionTest, IntegersAndFloatingValues) {
  EXPECT_EQ(as<float>(int32_t(51)), 51.0f);
  EXPECT_FALSE(as<float>(int32_t(16777217)));
  EXPECT_EQ(as<double>(int32_t(16777217)), 16777217.0);
  EXPECT_FALSE(as<double>(std::numeric_limits<int64_t>::max()));
  EXPECT_EQ(as<int32_t>(-7.0), -7);
  EXPECT_FALSE(as<int32_t>(1.5));
  EXPECT_FALSE(as<int64_t>(1e300));
  EXPECT_FALSE(as<int64_t>(9223372036854775808.0));
  EXPECT_FALSE(as<int32_t>(std::nan("")));
  EXPECT_FALSE(as<int32_t>(std::numeric_limits<double>::infinity()));
}

TEST(ConversionTest, FloatingValues) {
  EXPECT_EQ(as<double>(0.1f), double(0.1f));
  EXPECT_FALSE(as<float>(0.1));
  EXPECT_EQ(as<float>(0.25), 0.25f);
  EXPECT_FALSE(as<float>(1e300));
  EXPECT_TRUE(std::isnan(*as<float>(std::nan(""))));
  EXPECT_EQ(as<float>(std::numeric_limits<double>::infinity()),
            std::numeric_limits<float>::infinity());
  EXPECT_EQ(as<double>(0.25L), 0.25);
  EXPECT_FALSE(as<double>(1.0L / 3));
}

TEST(ConversionTest, Truth) {
  EXPECT_EQ(as<bool>(1), true);
  EXPECT_FALSE(as<bool>(2));
  EXPECT_EQ(as<float>(true), 1.0f);
}

TEST(ConversionTest, ArraysElementByElement) {
  int32_t Old[3] = {1, 2, 3};
  double New[5] = {0, 0, 0, 4, 5};
  EXPECT_FALSE(convert(shape<int32_t>({3}), Old, shape<double>({5}), New));
  EXPECT_EQ(std::vector(New, New + 5), (std::vector<double>{1, 2, 3, 4, 5}));
}

TEST(ConversionTest, TheElementThatIsLostIsNamed) {
  int32_t Old[3] = {1, 300, -3};
  uint8_t New[3] = {};
  EXPECT_EQ(convert(shape<int32_t>({3}), Old, shape<uint8_t>({3}), New), 1u);
}

TEST(ConversionTest, OnlyTheFirstDimensionMayDiffer) {
  EXPECT_TRUE(shape<int>({2, 3}).mayBecome(shape<long>({4, 3})));
  EXPECT_FALSE(shape<int>({2, 3}).mayBecome(shape<int>({3, 2})));
  EXPECT_FALSE(shape<int>({2}).mayBecome(shape<int>()));
}

TEST(ConversionTest, OtherTypesOnlyToThemselves) {
  ValueShape Ball{ElementKind::Object, 8, "Ball", {4}}, More = Ball, Other = Ball;
  More.Dimensions = {9};
  Other.Type = "Cube";
  EXPECT_TRUE(Ball.mayBecome(More));
  EXPECT_FALSE(Ball.mayBecome(Other));
  EXPECT_FALSE(Ball.mayBecome(shape<long>({4})));
  EXPECT_FALSE(ValueShape().mayBecome(ValueShape()));
}

TEST(ConversionTest, FirstDifference) {
  short Now[4] = {1, 2, 3, 5}, Initial[4] = {9, 2, 3, 4};
  EXPECT_EQ(firstDifference(shape<short>({4}), Now, Initial, 1), 3u);
  EXPECT_EQ(firstDifference(shape<short>({3}), Now, Initial, 1), std::nullopt);
}

TEST(ConversionTest, ValuesAsText) {
  int64_t Large = int64_t(1) << 40;
  float Tenth = 0.1f;
  uint64_t Most = std::numeric_limits<uint64_t>::max();
  EXPECT_EQ(elementText(shape<int64_t>(), &Large, 0), "1099511627776");
  EXPECT_EQ(elementText(shape<float>(), &Tenth, 0), "0.1");
  EXPECT_EQ(elementText(shape<uint64_t>(), &Most, 0), "18446744073709551615");
}

} // namespace
} // namespace nextframe::test
