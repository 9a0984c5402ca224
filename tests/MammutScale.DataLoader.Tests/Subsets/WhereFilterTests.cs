using MammutScale.DataLoader.Subsets;
using MammutScale.DataLoader.Subsets.Expressions;

namespace MammutScale.DataLoader.Tests.Subsets;

public sealed class WhereFilterTests
{
    private static readonly FakeColumns Columns = new FakeColumns(6)
        .With("similarity", 0.1, 0.28, 0.3, null, 0.5, double.NaN)
        .WithIntegers("width", 100, 200, 300, 400, null, 600)
        .WithIntegers("height", 50, 400, 300, 100, 10, 60)
        .WithText("NSFW", "UNLIKELY", "NSFW", null, "UNSURE", "UNLIKELY", "it's")
        .WithBooleans("ok", true, false, null, true, true, false)
        .WithText("exif data", "a", "b", "c", "d", "e", "f");

    [Theory]
    [InlineData("similarity > 0.28", "2 4")]
    [InlineData("similarity >= 0.28 and width >= 200", "1 2")]
    [InlineData("similarity > 0.28 or width = 100", "0 2 4")]
    [InlineData("not similarity > 0.28", "0 1")]
    [InlineData("not (similarity > 0.28 or width > 350)", "0 1")]
    [InlineData("similarity is null", "3 5")]
    [InlineData("similarity is not null and width is null", "4")]
    [InlineData("NSFW = 'UNLIKELY'", "0 4")]
    [InlineData("NSFW == \"UNLIKELY\"", "0 4")]
    [InlineData("NSFW != 'UNLIKELY'", "1 3 5")]
    [InlineData("NSFW in ('UNSURE', 'NSFW')", "1 3")]
    [InlineData("NSFW not in ['UNSURE', 'NSFW']", "0 4 5")]
    [InlineData("NSFW = 'it''s'", "5")]
    [InlineData("width in (100, 300.0)", "0 2")]
    [InlineData("width > height", "0 3 5")]
    [InlineData("width / height < 1.5 and width * height >= 80000", "1 2")]
    [InlineData("(width + height) * 2 > 1000", "1 2 5")]
    [InlineData("ok", "0 3 4")]
    [InlineData("not ok", "1 5")]
    [InlineData("ok = false", "1 5")]
    [InlineData("`exif data` >= 'e'", "4 5")]
    [InlineData("-width < -250", "2 3 5")]
    [InlineData("width > 1e2 AND NOT width > 5e2", "1 2 3")]
    [InlineData("missing > 3", "")]
    [InlineData("missing is null and width > 500", "5")]
    [InlineData("(((similarity > 0.28)))", "2 4")]
    public void RowsThatAreTrue_AreKept(string expression, string kept)
    {
        var filter = new WhereFilter(expression);
        filter.Check(Columns.Schema());
        Kept(filter).ShouldBe(kept);
    }

    [Fact]
    public void ALiteral_MeetsA32BitColumnIn32Bits()
    {
        var columns = new FakeColumns(2).WithSingles("x", 0.1f, 0.28f);
        var equal = new WhereFilter("x = 0.1").Evaluate(0, columns);
        (equal.IsTrue(0), equal.IsTrue(1)).ShouldBe((true, false));
        new WhereFilter("x > 0.28").Evaluate(0, columns).Kept.ShouldBe(0);
        new WhereFilter("x in (0.28)").Evaluate(0, columns).Kept.ShouldBe(1);
        new WhereFilter("x = 0.1").Foresee(0, columns).ShouldBeNull();
    }

    [Fact]
    public void LargeIntegers_AreComparedExactly()
    {
        var columns = new FakeColumns(2).WithIntegers("id", 9007199254740993, 9007199254740992);
        var truth = new WhereFilter("id = 9007199254740993").Evaluate(0, columns);
        (truth.IsTrue(0), truth.IsTrue(1)).ShouldBe((true, false));
    }

    [Fact]
    public void TermsJoinedByAnd_AreCountedOneByOne()
    {
        var filter = new WhereFilter("similarity > 0.28 and (width >= 200 or height = 50) and NSFW != 'x'");
        filter.Terms.ShouldBe(["similarity > 0.28", "(width >= 200 or height = 50)", "NSFW != 'x'"]);
        filter.Columns.ShouldBe(["similarity", "width", "height", "NSFW"]);
    }

    [Theory]
    [InlineData("similarity >", "expected a column")]
    [InlineData("similarity 0.28", "expected a comparison")]
    [InlineData("0.28", "expected a comparison")]
    [InlineData("similarity > 0.28 width", "expected `and`")]
    [InlineData("similarity > 0.28 &&", "'&' at character 19")]
    [InlineData("width = null", "`is null`")]
    [InlineData("NSFW = 'UNLIKELY", "never closed")]
    [InlineData("width in 3", "expected a list")]
    [InlineData("width in (3, height)", "not the column height")]
    [InlineData("(width > 3", "expected `and`|)")]
    [InlineData("width > 1.2.3", "not a number")]
    [InlineData("", "expected a column")]
    public void AnExpressionThatMakesNoSense_IsRefusedWithThePlace(string expression, string says)
    {
        var message = Should.Throw<SubsetException>(() => new WhereFilter(expression)).Message;
        says.Split('|').ShouldContain(part => message.Contains(part), message);
    }

    [Theory]
    [InlineData("NSFW > 3", "column 'NSFW' is text in a.parquet")]
    [InlineData("3 < NSFW", "column 'NSFW' is text in a.parquet")]
    [InlineData("width = 'x'", "column 'width' is integer in a.parquet")]
    [InlineData("ok + 1 > 2", "column 'ok' is boolean in a.parquet")]
    [InlineData("width in (1, 'x')", "compares it with text")]
    public void ATypeThatDoesNotFit_IsRefusedByColumnAndFile(string expression, string says) =>
        Should.Throw<SubsetException>(() => new WhereFilter(expression).Check(Columns.Schema())).Message.ShouldContain(says);

    [Fact]
    public void AMistypedColumn_IsSuggested()
    {
        ColumnSuggestion.Missing("Similarty", "where", Columns.Schema()).Message.ShouldContain("did you mean 'similarity'?");
        ColumnSuggestion.Missing("blub", "where", Columns.Schema()).Message.ShouldNotContain("did you mean");
    }

    [Fact]
    public void DeepNesting_IsRefused_NotACrash()
    {
        var expression = new string('(', 4_000) + "x > 1" + new string(')', 4_000);
        Should.Throw<SubsetException>(() => new WhereFilter(expression)).Message.ShouldContain("nested");
        Should.Throw<SubsetException>(() => new WhereFilter(string.Concat(Enumerable.Repeat("not ", 4_000)) + "x")).Message.ShouldContain("nested");
        Should.Throw<SubsetException>(() => new WhereFilter(new string('-', 4_000) + "x > 1"));
    }

    private static string Kept(WhereFilter filter)
    {
        var truth = Enumerable.Range(0, filter.Terms.Count).Select(term => filter.Evaluate(term, Columns)).Aggregate((a, b) => a.And(b));
        return string.Join(" ", Enumerable.Range(0, Columns.Rows).Where(truth.IsTrue));
    }
}
