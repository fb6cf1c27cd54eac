using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Tests.Documents;

public sealed class RulesDocumentTests
{
    [Theory]
    [InlineData("state machine")]
    [InlineData("transitions")]
    [InlineData("permissions")]
    public void What_the_document_draws_from_the_code_is_what_the_code_says(string part)
    {
        if (Environment.GetEnvironmentVariable(RulesDocument.UpdateVariable) == "true")
        {
            RulesDocument.Update();
            return;
        }

        var drawn = RulesDocument.Parts[part]();

        Assert.True(
            RulesDocument.PartOf(RulesDocument.Read(), part) == drawn,
            $"docs/RULES.md, part “{part}”, is not what the code says. To bring it up to date, run\n"
            + $"  {RulesDocument.UpdateVariable}=true dotnet test tests/ReleaseWorkflows.Domain.Tests --filter RulesDocument\n"
            + $"and commit the file. It should read:\n\n{drawn}");
    }

    [Fact]
    public void The_document_speaks_of_every_rule()
    {
        var document = RulesDocument.Read();

        Assert.All(Enumerable.Range(1, 27).Select(number => $"T{number}"), label => Assert.Matches($@"\b{label}\b", document));
        Assert.All(Enumerable.Range(1, 12).Select(number => $"I{number}"), label => Assert.Matches($@"\*\*{label}\*\*", document));
        Assert.All(Enumerable.Range(1, 35).Select(number => $"A{number}"), label => Assert.Matches($@"\*\*{label}\*\*", document));
    }

    [Fact]
    public void The_document_speaks_of_every_refusal()
    {
        var document = RulesDocument.Read();

        Assert.All(
            typeof(RefusalCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!),
            code => Assert.Contains($"`{code}`", document, StringComparison.Ordinal));
    }

    [Fact]
    public void The_picture_has_every_status()
    {
        var picture = RulesDocument.PartOf(RulesDocument.Read(), "state machine");

        Assert.All(Enum.GetNames<ReleaseStatus>(), status => Assert.Contains($" as {status}\n", picture, StringComparison.Ordinal));
    }
}
