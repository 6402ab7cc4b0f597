//! The orders in which operations that happen at once may have happened one after the other.

use crate::model::Model;
use crate::operation::{Answer, Operation};

/// One order: the answers to both operations, and the state afterwards.
pub(crate) type Outcome = ([Option<Answer>; 2], Model);

/// Returns what each order of two operations leads to. Their steps may alternate.
pub(crate) fn of_two(model: &Model, operations: &[Operation; 2]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut open = vec![(operations.clone(), model.clone())];
    while let Some((operations, model)) = open.pop() {
        let mut is_over = true;
        for at in 0..2 {
            if !operations[at].is_over {
                is_over = false;
                let (mut operations, mut model) = (operations.clone(), model.clone());
                operations[at].step(&mut model);
                open.push((operations, model));
            }
        }
        if is_over {
            let [one, other] = &operations;
            for answer in one.answers() {
                outcomes.extend(other.answers().map(|other| ([answer.clone(), other], model.clone())));
            }
        }
    }
    outcomes
}

/// Returns what each order of an operation and the rounds leads to.
pub(crate) fn with_rounds(model: &Model, operation: &Operation) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    // The operation's steps happen at these points of the rounds, the last one at all later points.
    let mut points = 0;
    model.clone().rounds(|_| points += 1);
    // An operation may add people, so that the rounds have more points.
    let points = points + 4;
    let variants = if model.renamed == [0; 2] { &[false][..] } else { &[false, true] };
    for (first, second) in (0..points).flat_map(|first| (first..points).map(move |second| (first, second))) {
        for &has_former_ids in variants {
            let (mut model, mut operation) = (model.clone(), operation.clone());
            model.has_former_ids = has_former_ids;
            let mut point = 0;
            model.rounds(|model| {
                if point == first && !operation.is_over {
                    operation.step(model);
                }
                while point >= second && !operation.is_over {
                    operation.step(model);
                }
                point += 1;
            });
            while !operation.is_over {
                operation.step(&mut model);
            }
            model.has_former_ids = false;
            outcomes.extend(operation.answers().map(|answer| ([answer, None], model.clone())));
        }
    }
    outcomes
}
