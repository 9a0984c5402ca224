using CsCheck;
using MammutScale.DataLoader.Subsets.Expressions;

namespace MammutScale.DataLoader.Tests.Subsets;

public sealed class PushDownTests
{
    private static readonly Gen<double?> Value = Gen.OneOf(Gen.Int[-3, 3].Select(v => (double?)v), Gen.Const((double?)null), Gen.Const((double?)double.NaN), Gen.Const((double?)0.5));

    private static readonly Gen<string> Operand = OneOf("a", "b", "0", "1", "-2", "0.5", "a + b", "a * 2", "b - a", "a / 2", "1 / b");

    private static readonly Gen<string> Simple = Gen.OneOf(
        Gen.Select(Operand, OneOf("=", "!=", "<", "<=", ">", ">="), Operand).Select((left, op, right) => $"{left} {op} {right}"),
        Gen.Select(Operand, OneOf("is null", "is not null", "in (1, 2)", "not in (-1, 0.5)")).Select((left, test) => $"{left} {test}"),
        Gen.Select(OneOf("t", "'b'"), OneOf("=", "!=", "<", ">="), OneOf("'a'", "'c'", "t")).Select((left, op, right) => $"{left} {op} {right}"));

    private static readonly Gen<string> Expression = Gen.Recursive<string>((depth, self) => depth > 3 ? Simple : Gen.OneOf(
        Simple,
        Gen.Select(self, self).Select((a, b) => $"({a} and {b})"),
        Gen.Select(self, self).Select((a, b) => $"({a} or {b})"),
        self.Select(a => $"not ({a})")));

    [Fact]
    public void StatisticsNeverContradictTheValues() =>
        Gen.Select(Expression, Value.Array[1, 6], Gen.Int[0, 3]).Sample((expression, values, shift) =>
        {
            var texts = values.Select((value, i) => value is null ? null : "abc".Substring((i + shift) % 3, 1)).ToArray();
            var columns = new FakeColumns(values.Length).With("a", values).With("b", [.. values.Reverse().Select(v => v + shift)]).WithText("t", texts);
            var filter = new WhereFilter(expression);
            for (var term = 0; term < filter.Terms.Count; term++)
            {
                var kept = filter.Evaluate(term, columns).Kept;
                if (filter.Foresee(term, columns) is { } all)
                    kept.ShouldBe(all ? values.Length : 0, expression);
            }
        }, iter: 3000);

    [Fact]
    public void WhatIsDecidedByStatistics_IsNotRead()
    {
        var columns = new FakeColumns(3).With("similarity", 0.1, 0.2, 0.25).WithIntegers("width", 300, 400, 500).WithText("t", "b", "c", "d");
        new WhereFilter("similarity > 0.28").Foresee(0, columns).ShouldBe(false);
        new WhereFilter("width >= 300").Foresee(0, columns).ShouldBe(true);
        new WhereFilter("width >= 301").Foresee(0, columns).ShouldBeNull();
        new WhereFilter("t = 'a'").Foresee(0, columns).ShouldBe(false);
        new WhereFilter("t in ('x', 'y')").Foresee(0, columns).ShouldBe(false);
        new WhereFilter("similarity > 0.28 or width > 1000").Foresee(0, columns).ShouldBe(false);
        columns.Read.ShouldBeEmpty();
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
