"""Distillation pulls a student to its teacher's answers, where the teacher sees a face and where it sees none."""

from __future__ import annotations

import torch

from model_api.networks.yoloface import YoloFace, YoloFaceConfig, decode_boxes
from training.detector.distil import SURE_SCORE, distillation_loss, teacher_answers

TINY = YoloFaceConfig(widths=(4, 8, 8, 8, 8), depths=(1, 1, 1, 1), neck=8)


def answers(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    raw, cells = YoloFace(TINY).eval()(torch.randn(2, 3, 64, 64))
    raw = raw.detach() + torch.randn(raw.shape) * 0.1
    raw[..., 0] = -6.0
    raw[:, 5, 0] = 2.0  # one face per picture
    return raw, cells


def test_a_student_that_answers_alike_has_nearly_no_loss() -> None:
    teacher, cells = answers(1)
    student = teacher.clone()

    same = distillation_loss(student, teacher, cells)
    student[:, 5, 0] = -6.0  # misses the face
    missed = distillation_loss(student, teacher, cells)

    assert missed > 3 * same


def test_gradients_move_box_and_score_towards_the_teacher() -> None:
    teacher, cells = answers(2)
    student = teacher.clone()
    student[:, 5, 0] -= 2.0
    student[:, 5, 1] += 0.5  # the box is half a stride too far right
    student.requires_grad_()

    distillation_loss(student, teacher, cells).backward()  # type: ignore[no-untyped-call]

    assert student.grad is not None
    assert (student.grad[:, 5, 0] < 0).all()  # a step downhill raises the score
    assert (student.grad[:, 5, 1] > 0).all()  # and moves the box left
    closer = student.detach() - 0.01 * student.grad.sign()
    assert distillation_loss(closer, teacher, cells) < distillation_loss(student.detach(), teacher, cells)


def test_boxes_count_only_where_the_teacher_sees_a_face() -> None:
    teacher, cells = answers(3)
    student = teacher.clone().requires_grad_()

    distillation_loss(student, teacher + 0.3, cells).backward()  # type: ignore[no-untyped-call]

    assert student.grad is not None
    seen = (teacher[..., 0] + 0.3).sigmoid() >= SURE_SCORE
    assert (student.grad[..., 1:][~seen] == 0).all()
    assert (student.grad[..., 1:][seen] != 0).any()


def test_a_teacher_that_sees_nothing_still_pushes_scores_down() -> None:
    teacher, cells = answers(4)
    teacher[..., 0] = -8.0
    student = teacher.clone()
    student[:, 9, 0] = 1.0
    student.requires_grad_()

    distillation_loss(student, teacher, cells).backward()  # type: ignore[no-untyped-call]

    assert student.grad is not None
    assert (student.grad[:, 9, 0] > 0).all()


def test_teacher_answers_carry_no_gradient() -> None:
    network = YoloFace(TINY).eval()

    raw = teacher_answers(network, torch.randn(1, 3, 64, 64))

    assert not raw.requires_grad
    assert decode_boxes(raw[..., 1:5], network(torch.randn(1, 3, 64, 64))[1]).shape == (1, raw.shape[1], 4)
