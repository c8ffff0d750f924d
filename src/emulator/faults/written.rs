//! Faults as they are written: on the command line, or in a file of TOML.

use std::str::FromStr;

use serde::Deserialize;

use super::{Action, CALLS, Fault, Faults, When};

/// Why a fault cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The text has no equals sign between call and action.
    #[error("{0:?} is no fault: expected CALL[:WHEN]=ACTION, such as append:3=503")]
    Form(String),
    /// No such call.
    #[error("{0:?} is no call; the calls are any, {CALL_NAMES}")]
    Call(String),
    /// No such occurrence.
    #[error("{0:?} is no occurrence: expected 3, 2-4, from-3 or every-5, counted from 1")]
    When(String),
    /// No such action.
    #[error(
        "{0:?} is no action; the actions are a status from 400 to 599, slow, cut-before, cut-after, processing-error, no-check-after and clock-skew"
    )]
    Action(String),
    /// The action has no such value, or it cannot be read, or it needs one.
    #[error("the action {action} {why}")]
    Value {
        /// The action.
        action: String,
        /// What is wrong with its values.
        why: String,
    },
    /// A file that is no TOML of faults.
    #[error("{0}")]
    Toml(String),
}

impl Faults {
    /// Reads a TOML file of tables `[[fault]]`.
    pub fn parse_toml(text: &str) -> Result<Vec<Fault>, FaultError> {
        let script: Script = toml::from_str(text).map_err(|error| FaultError::Toml(error.to_string()))?;
        script.fault.into_iter().map(Fault::try_from).collect()
    }
}

impl FromStr for When {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let error = || FaultError::When(text.to_owned());
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0).ok_or_else(error);
        if let Some(step) = text.strip_prefix("every-") {
            return Ok(Self::Every(number(step)?));
        }
        if let Some(first) = text.strip_prefix("from-") {
            return Ok(Self::Range { first: number(first)?, last: u64::MAX });
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (number(first)?, number(last)?);
        if first <= last { Ok(Self::Range { first, last }) } else { Err(error()) }
    }
}

/// A fault as it is written, in a file or, its values as texts, on the command line.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "any")]
    call: String,
    nth: Option<Word>,
    action: Word,
    above: Option<Word>,
    reset: Option<Word>,
    seconds: Option<Word>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    #[serde(default)]
    fault: Vec<Written>,
}

/// A text, or a number as one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "WordForm")]
struct Word(String);

#[derive(Deserialize)]
#[serde(untagged)]
enum WordForm {
    Whole(i64),
    Fraction(f64),
    Text(String),
}

impl From<WordForm> for Word {
    fn from(form: WordForm) -> Self {
        Self(match form {
            WordForm::Whole(number) => number.to_string(),
            WordForm::Fraction(number) => number.to_string(),
            WordForm::Text(text) => text,
        })
    }
}

fn any() -> String {
    ANY.to_owned()
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let form = || FaultError::Form(text.to_owned());
        let (call, action) = text.split_once('=').ok_or_else(form)?;
        let (call, nth) = call.split_once(':').map_or((call, None), |(call, when)| (call, Some(Word(when.to_owned()))));
        let mut parts = action.split(',');
        let action = Word(parts.next().unwrap_or_default().to_owned());
        let mut written = Written { call: call.to_owned(), nth, action, ..Written::default() };
        for part in parts {
            let (key, value) = part.split_once('=').ok_or_else(form)?;
            let place = match key {
                "above" => &mut written.above,
                "reset" => &mut written.reset,
                "seconds" => &mut written.seconds,
                _ => {
                    return Err(written.value(format!("has no value {key:?}: the values are above, reset and seconds")));
                }
            };
            *place = Some(Word(value.to_owned()));
        }
        Self::try_from(written)
    }
}

impl TryFrom<Written> for Fault {
    type Error = FaultError;

    fn try_from(written: Written) -> Result<Self, FaultError> {
        let call = match written.call.as_str() {
            ANY => None,
            name => {
                let call = CALLS.iter().find(|(own, _)| *own == name).map(|(_, call)| *call);
                Some(call.ok_or_else(|| FaultError::Call(name.to_owned()))?)
            }
        };
        let when = written.nth.as_ref().map_or(Ok(When::ALWAYS), |when| when.0.parse())?;
        let action = written.action()?;
        let global = matches!(action, Action::ClockSkew { .. });
        if global && (call.is_some() || when != When::ALWAYS) {
            return Err(written.value("strikes all calls: write any=clock-skew,seconds=-600".to_owned()));
        }
        Ok(Self { call, when, action })
    }
}

impl Written {
    fn action(&self) -> Result<Action, FaultError> {
        let (action, takes) = match self.action.0.as_str() {
            "slow" => (Action::Slow { milliseconds: self.milliseconds()? }, "seconds"),
            "clock-skew" => (Action::ClockSkew { seconds: self.signed_seconds()? }, "seconds"),
            "cut-before" => (Action::CutBefore, ""),
            "cut-after" => (Action::CutAfter, ""),
            "processing-error" => (Action::ProcessingError, ""),
            "no-check-after" => (Action::NoCheckAfter, ""),
            "429" => (Action::RateLimit { reset_secs: self.reset()? }, "reset"),
            text => {
                let status = text.parse().ok().filter(|status| (400..=599).contains(status));
                let status = status.ok_or_else(|| FaultError::Action(text.to_owned()))?;
                (Action::Status { status, above: self.above()? }, "above")
            }
        };
        let given = [("above", &self.above), ("reset", &self.reset), ("seconds", &self.seconds)];
        match given.iter().find(|(key, value)| value.is_some() && *key != takes) {
            Some((key, _)) => Err(self.value(format!("takes no value {key}"))),
            None => Ok(action),
        }
    }

    fn milliseconds(&self) -> Result<u64, FaultError> {
        let error = || self.value("needs seconds from 0 to 3600, such as seconds=0.5".to_owned());
        let seconds = self.seconds.as_ref().and_then(|word| word.0.parse::<f64>().ok()).ok_or_else(error)?;
        let duration = std::time::Duration::try_from_secs_f64(seconds).map_err(|_| error())?;
        u64::try_from(duration.as_millis()).ok().filter(|milliseconds| *milliseconds <= 3_600_000).ok_or_else(error)
    }

    fn signed_seconds(&self) -> Result<i64, FaultError> {
        let seconds = self.seconds.as_ref().and_then(|word| word.0.parse().ok());
        seconds.ok_or_else(|| self.value("needs a whole number of seconds, such as seconds=-600".to_owned()))
    }

    fn reset(&self) -> Result<u64, FaultError> {
        let Some(word) = &self.reset else { return Ok(DEFAULT_RESET_SECS) };
        word.0.parse().map_err(|_| self.value("needs a whole number of seconds, such as reset=2".to_owned()))
    }

    fn above(&self) -> Result<Option<u64>, FaultError> {
        let Some(word) = &self.above else { return Ok(None) };
        let end = word.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.0.len());
        let (number, unit) = word.0.split_at(end);
        let factor: Option<u64> = match unit.trim() {
            "" | "B" => Some(1),
            "KiB" => Some(1 << 10),
            "MiB" => Some(1 << 20),
            _ => None,
        };
        let bytes = factor.and_then(|factor| number.parse::<u64>().ok()?.checked_mul(factor));
        bytes.map(Some).ok_or_else(|| self.value("needs a number of bytes, such as above=1MiB".to_owned()))
    }

    fn value(&self, why: String) -> FaultError {
        FaultError::Value { action: self.action.0.clone(), why }
    }
}

/// The word for all calls.
const ANY: &str = "any";
const CALL_NAMES: &str = "init, append, finalize, status, simple, metadata, subtitles-create and subtitles-delete";
/// Seconds to the reset of a 429 that does not say.
const DEFAULT_RESET_SECS: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_the_same_as_the_command_line() {
        let faults = Faults::parse_toml(
            "[[fault]]\ncall = \"append\"\nnth = 3\naction = 503\n\n[[fault]]\naction = \"clock-skew\"\nseconds = -600\n\n\
             [[fault]]\ncall = \"status\"\nnth = \"2-4\"\naction = \"slow\"\nseconds = 0.25\n",
        );
        let same: Vec<Fault> = ["append:3=503", "any=clock-skew,seconds=-600", "status:2-4=slow,seconds=0.25"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        assert_eq!(faults.as_deref(), Ok(same.as_slice()));
        assert_eq!(Faults::new(same).clock_skew_secs(), -600);
        assert_eq!(Faults::parse_toml(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_fault_is_told() {
        for (text, told) in [
            ("append", "is no fault"),
            ("upload=503", "is no call"),
            ("append:0=503", "is no occurrence"),
            ("append:4-2=503", "is no occurrence"),
            ("append:every-0=503", "is no occurrence"),
            ("append=200", "is no action"),
            ("append=explode", "is no action"),
            ("append=slow", "needs seconds"),
            ("append=slow,seconds=-1", "needs seconds"),
            ("append=slow,seconds=nan", "needs seconds"),
            ("append=503,reset=1", "takes no value reset"),
            ("append=413,above=big", "needs a number of bytes"),
            ("append=503,seconds", "is no fault"),
            ("append=503,colour=red", "has no value"),
            ("append=clock-skew,seconds=1", "strikes all calls"),
        ] {
            let error = text.parse::<Fault>().unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
        assert!(Faults::parse_toml("[[fault]]\naction = 503\ncolour = 1").is_err());
        assert!(Faults::parse_toml("fault = 1").is_err());
    }
}
