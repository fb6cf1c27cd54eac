// A tracking number is two letters, eight digits and a check digit, for example PX123456785.
const PATTERN = /^[A-Z]{2}[0-9]{9}$/;
const WEIGHTS = [8, 6, 4, 2, 3, 5, 9, 7];

/** Takes out blanks and hyphens and writes letters large, as people copy numbers in many ways. */
function normalize(text) {
  return text.replace(/[\s-]/g, '').toUpperCase();
}

function checkDigit(digits) {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const digit = 11 - (sum % 11);
  return digit === 10 ? 0 : digit === 11 ? 5 : digit;
}

/** A sentence that says what is wrong with a number, or an empty text. */
function describeProblem(number) {
  if (!PATTERN.test(number)) {
    return 'A tracking number has two letters and nine digits, such as PX123456785.';
  }
  return checkDigit(number.slice(2, 10)) === Number(number[10]) ? '' : 'Please check the digits: one of them is mistyped.';
}

module.exports = { normalize, checkDigit, describeProblem };
