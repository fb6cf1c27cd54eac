using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Expressions.JavaScript;

namespace ReleaseWorkflows.Runtime.Tests.Expressions.JavaScript;

public sealed class ModernJavaScriptTests
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (script, json) in ModernJavaScriptRows.All)
                rows.Add(script, json);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_script_in_modern_JavaScript_answers_as_JavaScript_says(string script, string json)
    {
        var result = JsonSerializer.SerializeToElement(Evaluate(script), JsonValues.Options);

        Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(json), result), result.ToString());
    }

    [NodeFact]
    public async Task What_the_rows_expect_is_what_Node_answers()
    {
        const string Program = """
            const { runInNewContext } = require('vm');
            const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
            const evaluate = async text => {
                try { return await runInNewContext(text); } catch (e) { if (e.name !== 'SyntaxError') throw e; }
                try { return await runInNewContext(`(async () => { ${text} })()`.replace(/^(.*\{ )(await [^;]*)( \}\)\(\))$/s, '$1return $2$3')); } catch (e) { if (e.name !== 'SyntaxError') throw e; }
                return await runInNewContext(`(${text})`);
            };
            (async () => {
                const results = [];
                for (const text of texts) {
                    try { results.push(JSON.stringify(await evaluate(text)) ?? 'null'); } catch (e) { results.push(`"${e}"`); }
                }
                console.log(JSON.stringify(results));
            })();
            """;
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", Program]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(ModernJavaScriptRows.All.Select(row => row.Script)));
        node.StandardInput.Close();
        var answers = JsonSerializer.Deserialize<string[]>(await node.StandardOutput.ReadToEndAsync())!;
        await node.WaitForExitAsync();

        var differences = ModernJavaScriptRows.All
            .Zip(answers, (row, answer) => (row.Script, row.Json, Answer: answer))
            .Where(row => !JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(row.Json), JsonSerializer.Deserialize<JsonElement>(row.Answer)))
            .Select(row => $"{row.Script}{Environment.NewLine}  expected {row.Json}, Node answers {row.Answer}");

        Assert.Equal("", string.Join(Environment.NewLine, differences));
    }

    [Theory]
    [InlineData("const a = 1;\nconst a = 2;", "Line 2, column 7: 'a' is declared twice.")]
    [InlineData("let a; { let b; var c; let b; }", "Line 1, column 28: 'b' is declared twice.")]
    [InlineData("(a, a) => a", "Line 1, column 5: 'a' is declared twice.")]
    [InlineData("const a;", "Line 1, column 8: A const needs a value.")]
    [InlineData("let { a };", "Line 1, column 5: A pattern needs a value to take apart.")]
    [InlineData("list.map(x =>\n  x +)", "Line 2, column 6: Unexpected token ).")]
    [InlineData("`a${1", "Line 1, column 6: Unexpected end of input.")]
    [InlineData("`abc\n\ndef", "Line 3, column 4: The template is not closed.")]
    [InlineData("x => {\n  return `${y` }", "Line 2, column 17: The template is not closed.")]
    [InlineData("const s = 'abc\n';", "Line 1, column 11: The text is not closed.")]
    [InlineData("1 + /* open", "Line 1, column 5: The comment is not closed.")]
    [InlineData("let c; (a, b) = c", "Line 1, column 8: This cannot be assigned to.")]
    [InlineData("a?.b = 1", "Line 1, column 1: This cannot be assigned to.")]
    [InlineData("[...a, b] = c", "Line 1, column 2: The rest comes last.")]
    [InlineData("(...a, b) => 1", "Line 1, column 2: The rest comes last.")]
    [InlineData("({ a = 1 })", "Line 1, column 4: A default (=) is only allowed when the object is taken apart.")]
    [InlineData("a ?? b || c", "Line 1, column 3: ?? needs parentheses beside || and &&.")]
    [InlineData("-2 ** 2", "Line 1, column 4: A sign before ** needs parentheses.")]
    [InlineData("if (a) const b = 1;", "Line 1, column 8: A declaration needs a block around it here.")]
    [InlineData("() => { break; }", "Line 1, column 9: break needs a loop around it.")]
    [InlineData("for (const a of b) { continue x; }", "Line 1, column 22: The label 'x' is not known here.")]
    [InlineData("const f = () => { await g(); }", "Line 1, column 19: await needs an async function around it.")]
    [InlineData("()", "Line 1, column 3: Unexpected end of input.")]
    [InlineData("(a,)", "Line 1, column 5: Unexpected end of input.")]
    [InlineData("class A { constructor() {} constructor() {} }", "Line 1, column 28: A class has one constructor.")]
    [InlineData("class A { f() { return this.#x; } }", "Line 1, column 29: #x is not declared by a class around this place.")]
    [InlineData("const o = { f() { super.f(); } };", "Line 1, column 19: super is only known inside classes.")]
    [InlineData("`${1}` @", "Line 1, column 8: Unexpected character '@'.")]
    [InlineData("const x = 1__0;", "Line 1, column 12: A numeric separator stands between two digits.")]
    [InlineData("const x = 08;", "Line 1, column 11: Octal literals are not supported; write 0o17.")]
    [InlineData("const x = { a: 1,, };", "Line 1, column 18: Unexpected token ,.")]
    [InlineData("let a = 1 let b = 2", "Line 1, column 11: Unexpected name let.")]
    [InlineData("{ a: 1, ...b c }", "Line 1, column 14: Unexpected name c.")]
    public void What_cannot_be_read_is_named_with_its_place(string script, string message) =>
        Assert.Equal(message, Assert.Throws<ScriptException>(() => Evaluate(script)).Message);

    [Theory]
    [InlineData("function* f() { }", "Line 1, column 9: Generators are not supported.")]
    [InlineData("const o = { *f() { } };", "Line 1, column 13: Generators are not supported.")]
    [InlineData("import x from 'y';", "Line 1, column 1: Modules are not supported; import is not available.")]
    [InlineData("const m = import('y');", "Line 1, column 11: Modules are not supported; import is not available.")]
    [InlineData("export const a = 1;", "Line 1, column 1: Modules are not supported; export is not available.")]
    [InlineData("const big = 10n;", "Line 1, column 13: BigInt is not supported.")]
    [InlineData("x => /a/u.test(x)", "Line 1, column 6: The regular expression flag 'u' is not supported.")]
    [InlineData("x => /(?<=a)b/.test(x)", "Line 1, column 6: Lookbehind in regular expressions is not supported.")]
    [InlineData("with (a) { b }", "Line 1, column 1: The with statement is not supported in expressions; name the object each time.")]
    [InlineData("function F() { return new.target; }", "Line 1, column 23: new.target is not supported.")]
    [InlineData("class A extends B { f() { super(); } }", "Line 1, column 27: super() belongs directly into the constructor of a class that extends another.")]
    public void What_is_not_supported_is_named_with_its_place(string script, string message) =>
        Assert.Equal(message, Assert.Throws<ScriptException>(() => Evaluate(script)).Message);

    [Theory]
    [InlineData("const a = 1;\n  missing + a", "Line 2, column 3: ReferenceError: missing is not defined")]
    [InlineData("const f = x =>\n  x.a.b;\nf({})", "Line 2, column 3: TypeError")]
    [InlineData("const f = () => {\n  const { a } = null;\n};\nf()", "Line 2, column 17: TypeError: null cannot be taken apart")]
    [InlineData("const c = 1;\nc = 2;", "Line 2, column 1: TypeError: c is a const and cannot be assigned to")]
    [InlineData("const o = {};\n\no.f(...[1])", "Line 3, column 1: TypeError: o.f is not a function")]
    [InlineData("const o = { f: 5 };\no.f?.()", "Line 2, column 1: TypeError: o.f is not a function")]
    [InlineData("for (const x of 5) {}", "Line 1, column 17: TypeError: 5 is not iterable")]
    [InlineData("let a = 1;\n{ let b; b(); }", "Line 2, column 10: TypeError: Object has no method 'b'")]
    [InlineData("class A {}\nA()", "Line 1, column 1: TypeError: The class A needs new")]
    [InlineData("class A {\n  f() {\n    throw new RangeError('deep');\n  }\n}\nnew A().f()", "Line 3, column 5: RangeError: deep")]
    [InlineData("const f = async () => {\n  throw new Error('late');\n};\nf()", "Line 2, column 3: Error: late")]
    [InlineData("await new Promise(() => {})", "Line 1, column 1: Error: Nothing will settle the promise that is awaited")]
    [InlineData("x => x", "The script answered with a function; call it to get its value.")]
    public void What_fails_is_told_with_its_place(string script, string message) =>
        Assert.Contains(message, Assert.Throws<ScriptException>(() => Evaluate(script)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("for (;;) { const a = () => 1; }", "executed more than 100,000 statements")]
    [InlineData("const f = () => f(); f()", "More than 64 function calls inside each other")]
    [InlineData("class A { get x() { return this.x; } } new A().x", "More than 64 function calls inside each other")]
    [InlineData("const f = async () => await f(); f()", "More than 64 function calls inside each other")]
    [InlineData("let s = `x`; for (;;) { s = `${s}${s}`; }", "bytes of memory|characters; at most")]
    [InlineData("'x'.repeat(1e9)", "at most 64,000,000 are allowed")]
    [InlineData("'x'.padStart(1e12)", "at most 64,000,000 are allowed")]
    [InlineData("[...new Array(4000000000)]", "at most 1,000,000 are allowed")]
    [InlineData("Array.from({ length: 1e9 })", "at most 1,000,000 are allowed")]
    [InlineData("const a = []; a[0] = a; a.flat(Infinity)", "contains itself")]
    [InlineData("const m = new Map(); for (const x of Array.from({ length: 90000 })) { m.set({}, `${m.size}`); } for (;;) { [...m]; }", "bytes of memory|statements")]
    [InlineData("const p = () => Promise.resolve().then(p); p()", "bytes of memory|statements")]
    [InlineData("const f = (...a) => f(...a, 1); f()", "More than 64 function calls inside each other")]
    [InlineData("const { x = (() => { for (;;) {} })() } = {}", "executed more than 100,000 statements")]
    [InlineData("const F = (() => {}).constructor; F('return 1')()", "Function is not available in expressions")]
    [InlineData("globalThis.eval('1')", "eval is not available in expressions")]
    [InlineData("const { constructor: F } = () => {}; F('return 1')()", "Function is not available in expressions")]
    [InlineData("const { ['eval']: e } = globalThis; e('1')", "eval is not available in expressions")]
    [InlineData("class A { static f(k) { return super[k]; } } A.f('con' + 'structor')('return 1')()", "Function is not available in expressions")]
    [InlineData("class A { static f() { return super.constructor; } } A.f()('return 1')()", "Function is not available in expressions")]
    [InlineData("Object.getOwnPropertyDescriptor(Object.getPrototypeOf(function () { }), 'con' + 'structor').value('return 1')()", "Function is not available in expressions")]
    [InlineData("const { getOwnPropertyDescriptor: g } = Object; g(Object.getPrototypeOf(() => 1), 'con' + 'structor').value('return 1')()", "Function is not available in expressions")]
    public void A_modern_script_stays_within_the_same_bounds(string script, string bounds)
    {
        var message = Assert.Throws<ScriptException>(() => Evaluate(script)).Message;

        Assert.Contains(bounds.Split('|'), bound => message.Contains(bound, StringComparison.Ordinal));
    }

    [Fact]
    public void Nesting_without_end_is_refused_quickly_when_it_is_read()
    {
        string[] monsters =
        [
            "let a=" + new string('(', 15_000) + new string(')', 15_000),
            "let a=" + new string('[', 30_000),
            "let a=" + string.Concat(Enumerable.Repeat("(a=", 8_000)),
            "let a=" + string.Concat(Enumerable.Repeat("x=>", 8_000)) + "1",
            "let a=" + string.Concat(Enumerable.Repeat("`${", 8_000)),
            "let a=" + string.Concat(Enumerable.Repeat("{a:", 8_000)),
            "let a=" + string.Concat(Enumerable.Repeat("async(", 5_000)),
            "let a=" + string.Concat(Enumerable.Repeat("class{a=", 4_000)),
            "let a=" + string.Concat(Enumerable.Repeat("2**", 8_000)) + "2",
            "let a=" + string.Concat(Enumerable.Repeat("1?", 8_000)),
            "let a=" + string.Concat(Enumerable.Repeat("new ", 7_000)) + "A",
            "let a=" + new string('!', 30_000) + "1",
            string.Concat(Enumerable.Repeat("if(1)", 5_000)) + "let",
            string.Concat(Enumerable.Repeat("for(const a of ", 2_000)),
            "let a=b" + string.Concat(Enumerable.Repeat("?.c", 10_000)),
            "let a=b" + string.Concat(Enumerable.Repeat("()", 15_000)),
            "let a=1" + string.Concat(Enumerable.Repeat("+1", 15_000)),
            "let a=1" + string.Concat(Enumerable.Repeat("??1", 10_000)),
            string.Concat(Enumerable.Repeat("{let a;", 4_000)),
        ];

        var clock = Stopwatch.StartNew();
        foreach (var monster in monsters)
            Assert.Throws<ScriptException>(() => Evaluate(monster));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), clock.Elapsed.ToString());
    }

    [Fact]
    public void A_long_script_is_read_in_proportion_to_its_length()
    {
        var script = string.Concat(Enumerable.Repeat("((a, { b = 1 } = {}) => `${a ?? b}`)([1, ...[2]][0]);\n", 600));

        Assert.Equal("1", Evaluate(script));
    }

    [Fact]
    public async Task Many_evaluations_of_one_modern_script_do_not_disturb_each_other()
    {
        var evaluator = Create();
        const string Script = "const r = []; for (let i = 0; i < 20; i++) { r.push(() => `${i}${[...'ab'].includes('a')}`); } r.map(f => f()).join()";
        var expected = evaluator.Evaluate(Script, null, default);

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => evaluator.Evaluate(Script, null, default))));

        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void Nothing_a_modern_script_changes_survives_it()
    {
        var evaluator = Create();

        evaluator.Evaluate("Array.prototype.includes = () => 'changed'; Map.prototype.get = null; [].includes(1)", null, default);

        Assert.Equal(false, evaluator.Evaluate("[].includes(1)", null, default));
        Assert.Equal("function", evaluator.Evaluate("typeof new Map().get", null, default));
    }

    private static object? Evaluate(string script) => Create().Evaluate(script, null, default);

    private static JavaScriptEvaluator Create() => new(Options.Create(new JavaScriptOptions()), TimeProvider.System);
}
