using Jint.Native;
using Jint.Runtime;

namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>The newer functions of <c>Number</c> and <c>Math</c>.</summary>
internal static class NumberLibrary
{
    private const double MaxSafeInteger = 9_007_199_254_740_991;

    public static void Add(LibraryBuilder library)
    {
        Test("isInteger", IsInteger);
        Test("isSafeInteger", number => IsInteger(number) && Math.Abs(number) <= MaxSafeInteger);
        Test("isFinite", double.IsFinite);
        Test("isNaN", double.IsNaN);
        foreach (var name in (string[])["parseFloat", "parseInt"])
        {
            library.Function(name, run => run.Engine.Number, (run, arguments) =>
                run.Engine.Global.Get(name).Invoke(arguments));
        }

        library.Constant("EPSILON", run => run.Engine.Number, Math.Pow(2, -52));
        library.Constant("MAX_SAFE_INTEGER", run => run.Engine.Number, MaxSafeInteger);
        library.Constant("MIN_SAFE_INTEGER", run => run.Engine.Number, -MaxSafeInteger);

        Compute("trunc", Math.Truncate);
        Compute("sign", number => double.IsNaN(number) || number == 0 ? number : Math.Sign(number));
        Compute("cbrt", number => Math.Round(Math.Cbrt(number)) is var root && root * root * root == number ? root : Math.Cbrt(number));
        Compute("log2", Math.Log2);
        Compute("log10", Math.Log10);
        Compute("log1p", double.LogP1);
        Compute("expm1", double.ExpM1);
        Compute("sinh", Math.Sinh);
        Compute("cosh", Math.Cosh);
        Compute("tanh", Math.Tanh);
        Compute("asinh", Math.Asinh);
        Compute("acosh", Math.Acosh);
        Compute("atanh", Math.Atanh);
        Compute("fround", number => (float)number);
        library.Function("clz32", run => run.Engine.Math, (_, arguments) =>
            new JsValue((double)System.Numerics.BitOperations.LeadingZeroCount(TypeConverter.ToUint32(arguments.At(0)))));
        library.Function("imul", run => run.Engine.Math, (_, arguments) =>
            new JsValue((double)unchecked(TypeConverter.ToInt32(arguments.At(0)) * TypeConverter.ToInt32(arguments.At(1)))));
        library.Function("hypot", run => run.Engine.Math, (_, arguments) =>
            new JsValue(Math.Sqrt(arguments.Select(TypeConverter.ToNumber).Sum(number => number * number))));

        void Test(string name, Func<double, bool> test) => library.Function(name, run => run.Engine.Number, (_, arguments) =>
            new JsValue(arguments.At(0).IsNumber() && test(arguments.At(0).AsNumber())));

        void Compute(string name, Func<double, double> compute) => library.Function(name, run => run.Engine.Math, (_, arguments) =>
            new JsValue(compute(TypeConverter.ToNumber(arguments.At(0)))));
    }

    private static bool IsInteger(double number) => double.IsFinite(number) && number == Math.Floor(number);
}
